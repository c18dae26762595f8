"""Rebuild the table of translated interface messages.

The messages are those of the documentation generator Sphinx 7.4.7 (PyPI, BSD-2-Clause),
in the languages of the table ``human_rights``.
"""

from __future__ import annotations

import ast
import gettext
import re
from pathlib import Path

import pandas as pd
import pyarrow as pa

from datasets.recipes.common import CACHE, Source, Table, to_arrow

SPHINX = Source(
    "PyPI",
    "sphinx",
    "7.4.7",
    "c2419e2135d11f1951cd994d6eb18a1835bd8fdd8429f9ca375dc1f3281bd239",
    "BSD-2-Clause",
    "sphinx-7.4.7.dist-info/LICENSE.rst",
)

# Code of the table: catalogue of the package. Not here: languages without a catalogue,
# Bulgarian and Urdu, whose catalogues are almost empty, and Serbian, which is Cyrillic.
CATALOGUES = {
    **{code: code for code in "ar cs da de el es et eu fa fi fr gl hi hr id".split()},
    **{code: code for code in "it ja ko mk ne nl pl ru sk sl sv tr vi".split()},
    "nb": "nb_NO",
    "pt": "pt_PT",
    "uk": "uk_UA",
    "zh": "zh_CN",
}

TYPES = {"code": pa.string(), "message": pa.int16(), "text": pa.string()}


def originals(folder: Path) -> list[str]:
    """Return the English messages of the template, sorted."""
    template = (folder / "sphinx/locale/sphinx.pot").read_text("utf-8")
    found = set()
    for quoted in re.findall(r'^msgid ((?:".*"\s*)+)', template, re.M):
        found.add("".join(ast.literal_eval(line) for line in quoted.splitlines()))
    return sorted(found - {""})  # the empty one is the header


def build(cache: Path = CACHE) -> dict[str, Table]:
    """Return the one table."""
    folder = SPHINX.fetch(cache)
    messages = originals(folder)
    rows: list[tuple[str, int, str]] = []
    for code in sorted(["en", *CATALOGUES]):
        translate = gettext.NullTranslations()
        if code != "en":
            path = folder / "sphinx/locale" / CATALOGUES[code] / "LC_MESSAGES/sphinx.mo"
            with path.open("rb") as file:
                translate = gettext.GNUTranslations(file)
        for number, original in enumerate(messages):
            text = translate.gettext(original)
            if code == "en" or text != original:  # an untranslated one comes back
                rows.append((code, number, " ".join(text.split())))
    table = pd.DataFrame(rows, columns=list(TYPES))
    return {"interface_messages": Table(to_arrow(table, TYPES), (SPHINX,))}
