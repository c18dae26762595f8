"""Make the picture of the README: ``python -m inpage.picture``, after ``make site``.

It does what the front page invites to: chapter 7's dice, with whole days held out.
"""

from __future__ import annotations

import argparse
import io

from PIL import Image
from playwright.sync_api import sync_playwright

from inpage import measure
from tools.catalogue import ROOT

TARGET = ROOT / "_static" / "in_page.png"
DOCUMENT = "chapters/07_validation"
OLD = '{"random": random_split(data, rng)}'
NEW = '{"random": group_split(data, "date", rng)}'
SIZE = {"width": 790, "height": 820}


def picture() -> bytes:
    """Return a picture of the page at the claim that has broken."""
    with measure.served() as address, sync_playwright() as playwright:
        browser = measure.chromium(playwright)
        tab = browser.new_page(viewport=SIZE, color_scheme="light")
        tab.goto(f"{address}/{DOCUMENT}.html")
        tab.get_by_role("button", name="Edit").click()
        cell = tab.locator("pre[role=textbox]", has_text=OLD)
        cell.fill(cell.inner_text().replace(OLD, NEW))
        tab.get_by_role("button", name="Run this page").click()
        measure.wait_for_end(tab)
        box = tab.locator(".inpage-broken")
        box.evaluate("e => e.scrollIntoView({block: 'end', behavior: 'instant'})")
        tab.wait_for_timeout(1000)  # until nothing moves any more
        content = tab.screenshot()
        browser.close()
    return content


def main() -> None:
    """Write the picture in few colours, which keeps it small."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    shown = Image.open(io.BytesIO(picture())).convert("RGB")
    shown.quantize(64).save(TARGET, optimize=True)
    print(f"{TARGET}: {TARGET.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
