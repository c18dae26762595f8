"""Write the repository's address from _config.yml into every place that needs it.

These are the setup cells of the notebooks, the README, the instructions for
contributors, the page "How to read and run" and the citation. A test holds them to the
address.
"""

from __future__ import annotations

import re
from pathlib import Path

from tools import catalogue
from tools.catalogue import ROOT

PAGES = ("README.md", "CONTRIBUTING.md", "how_to.md", "CITATION.cff")
INSTALL = re.compile(r"(%pip install -q git\+)[^\s\\\"]+")
CITATION = re.compile(r"(?m)^(\s*(?:repository-code|url): )\S+")
CLONE = re.compile(r"(git clone )\S+(\ncd )\S+")


def address(root: Path = ROOT) -> str:
    """Return the repository's address, as _config.yml has it."""
    return str(catalogue.config(root)["repository"]["url"]).rstrip("/")


def places(root: Path = ROOT) -> list[Path]:
    """Return the files that hold the address."""
    notebooks = [page.path for page in catalogue.notebooks(root)]
    return [*notebooks, *(root / page for page in PAGES)]


def with_address(path: Path, url: str) -> str:
    """Return the content that a file should have."""
    text = path.read_text("utf-8")
    if path.suffix == ".ipynb":
        return INSTALL.sub(rf"\g<1>{url}", text)
    if path.suffix == ".cff":
        return CITATION.sub(rf"\g<1>{url}", text)
    name = url.rsplit("/", 1)[1]
    return CLONE.sub(rf"\g<1>{url}\g<2>{name}", text)


def main() -> None:
    """Rewrite the files whose address differs."""
    url = address()
    for path in places():
        content = with_address(path, url)
        if content != path.read_text("utf-8"):
            path.write_text(content, "utf-8")
            print(f"{path.relative_to(ROOT)}: {url}")


if __name__ == "__main__":
    main()
