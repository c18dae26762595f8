"""The form of a design document: a template, and remarks on anybody's document."""

import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple


class Remark(NamedTuple):
    """What is missing or vague in a line, and what to write instead."""

    line: int
    text: str


class _Part(NamedTuple):
    line: int
    text: str  # a paragraph, an item, a cell; empty for a title
    titles: tuple[str, ...]  # the titles and labels that it stands under
    table: int = 0  # the line of the table's header, if it is a cell
    row: str = ""  # "header:cell" of the whole row, if it is not its first cell
    level: int = 0  # of a title: 1 to 7 a heading, 8 a label; 0 if it is no title


def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text("utf-8")


def _any(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


# What a document has: words of titles, words of titles and sentences, what to write.
_WORDS = tomllib.loads(_file("design_words.toml"))
_COUNTS, _FORECAST, _SUBJECT, _VAGUE, _LOW_HIGH, _SKIP, _NUMBERS = map(
    _any, _WORDS.pop("lists").values()
)
_TOPICS = {
    name: (_any(f"{row['headings']}|{row['words']}"), _any(row["words"]), row["write"])
    for name, row in _WORDS.items()
}
_MONTH = (  # its first three letters in a group
    r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"(?:r?uary|ch|il|e|y|ust|t|(?:tem|o|em)?ber)?\.?"
)
_DATE = _any(
    r"\d{4}-\d\d(-\d\d)?|\d\d?[./]\d\d?[./]\d\d(\d\d)?|Q[1-4]( \d{4})?|\d\d?:\d\d|"
    rf"(\d\d?\.? )?{_MONTH} \d{{1,4}}(, \d{{4}})?|(\d\d?\.?|in|by) {_MONTH}|"
    r"((after|within|in) (the )?(first )?\w+|every( \w+)?) (day|week|month|year)s?|"
    r"(19|20)\d\d"
)
_BOX = re.compile(r"(?m)^[ \t>]*[-*+] \[([ xX])\] +(.+)$")  # a question of a checklist
_DIGIT = re.compile(r"\d")
_DAY = re.compile(
    rf"(\d{{4}})-(\d\d)(?:-(\d\d))?|(?:(\d+)\.? )?{_MONTH} (?:(\d+), )?(\d{{4}})", re.I
)
_THEN = re.compile(  # a date that is compared with, and no date to act on
    rf"(?:against|than|since|versus|compared \w+)(?: in| of| on)? {_DATE.pattern}", re.I
)
# Topic, what its text needs (numbers count without dates), what to write.
_NEEDS = (
    ("decision", _DATE, "the decision has no date: write by when it is taken"),
    ("goal", _DIGIT, "the goal has no number: write by how much"),
    ("mistakes", _DIGIT, "mistakes have no cost: write low, likely, high"),
    ("kill", _DATE, "the kill criterion has no date: write when you look at it"),
    ("kill", _DIGIT, "the kill criterion has no number: write which value ends it"),
    ("review", _DATE, "the review has no date: write on which day it is due"),
)
# Two topics in the order of their dates: the first or the last of each counts.
_ORDER = (
    ("decision", "kill", min, "the kill date lies before the decision: move one"),
    ("kill", "review", max, "the review lies before the last kill date: move one"),
)
_NOTHING = re.compile(  # says no more than a blank
    r"\W*(none|nothing|no|n/?a|we will (think|see|decide|discuss)\b.*|us|we( all)?|"
    r"(the|our) (whole )?team|every(one|body))?\W*", re.I
)  # fmt: skip
_NUMBER = r"\d+(?:[,. ]\d{3})*(?:[.,]\d+)?(?: ?(?:k|m|bn|thousand|million|billion)\b)?"
_POINT = re.compile(rf"(?<![\w.-])[$€£]?{_NUMBER}(?: ?[%$€£])?(?![\w-])", re.IGNORECASE)
_RANGE = re.compile(rf"{_NUMBER} ?(?:%|\w+)? ?(?:-|–|—|to|and|±) ?[-−$€£]*\d")  # noqa: RUF001
_BARE = re.compile(
    rf"(?<![\w.,#/§$€£(-])(?:{_NUMBER} ?(?:-|–|to|and|or) ?)?"  # noqa: RUF001
    rf"(?![01](?!,?\d)){_NUMBER}"
    r"(?! (?:and|or|to|in|of|out of) \d)"
    r"(?=\s*(?:[.;!?)](?:\s|$)|,\s|$)|\s(?:and|or|but|when|if|at|while|"
    r"because|which|that|is|are|was|in|for|with|on|then|by|after|before|until)\b)"
)
_NAMES = (  # what stands before a number that counts nothing
    r"\b(?:(?:step|phase|stage|table|figure|version|section|chapter|page|line|question|"
    r"day|week|month|year|sprint|tier|level|option|part|number|top|seed|layer|priority|"
    r"class|group|milestone|ticket|issue|bug|case|incident|request|room|low|likely|high|"
    r"\w*day|weekend|hour)s?|usd|eur|chf|gbp|v|k|n|\d (?:in|of|out of))"
    r"(?: from| between)?\W*"
)  # fmt: skip
_NAME = re.compile(_NAMES + "$", re.IGNORECASE)
_NAMED = re.compile(_NAMES + r"\d[\d.,]*", re.IGNORECASE)
_VALUE = re.compile(r"(?:\S [A-Z]\w+|Python|[=×*/:+])\W*$")  # noqa: RUF001
_BOUND = re.compile(
    r"\b(at (least|most)|up to|(no|not|less|more|fewer) (more |less )?than|below|under|"
    r"above|over|within|max|min|limit|measured|observed)|[<>≤≥±]", re.IGNORECASE
)  # fmt: skip
_LABEL = re.compile(
    r"(?:\*\*|__)([^*\n]{2,60}?)(?:[.:](?:\*\*|__)|(?:\*\*|__)[.:])\s*(.*)"
    r"|([A-Z][\w'/& -]{1,40}):(?:\s+(.*)|$)"
)
# Code, comments, addresses and what is still to be filled in count for nothing.
_COMMENT = r"(?s)<!--.*?(?:-->|\Z)|\b(?:TBD|TODO|TBA)\b"
_HIDDEN = r"(?ms)^[ \t>]*(```+|~~~+).*?(?:^[ \t>]*\1|\Z)[^\r\n]*|<!--.*?(?:-->|\Z)"
_CLEAN = (
    (r"\A\ufeff", ""),
    (r"`[^`\n]+`", "code"),
    (r"!\[[^\]\n]*\]\([^)\n]*\)|\[[^\]\n]*\]\(#[^)\n]*\)", ""),
    (r"\[([^\]\n]*)\]\([^)\n]*\)", r"\1"),
    (r"https?://\S+", "link"),
    (r"(?m)((?:^|[.:;*|])[ \t]+)\(?\d\d?[.)] (?=[A-Z])", r"\1"),  # numbers of a list
    (r"</?[A-Za-z][^>\n]*>|\[[^\]\n]*\]|\b(TBD|TODO|TBA|YYYY-MM-DD)\b", ""),
    (r"(?m)^(?![-*#|> \t])(.+)\n=+[ \t]*$", "# \\1\n"),
    (r"(?m)^(?![-*#|> \t])(.+)\n-{3,}[ \t]*$", "## \\1\n"),
    (r"(?m)^\*\*+([^*\n]+)\*\*+:?[ \t]*$", r"####### \1"),
)


def template() -> str:
    """Return the template of a design document: Markdown, with hints as comments."""
    return _file("design_document.md")


def _parts(text: str) -> list[_Part]:
    text = re.sub(r"(.{5000}).+", r"\1", text)  # a longer line is no paragraph
    text = re.sub(_HIDDEN, lambda found: "\n" * found[0].count("\n"), text)
    for pattern, new in _CLEAN:
        text = re.sub(pattern, new, text)
    plain = not re.search(r"^#+ ", text, re.MULTILINE)
    path: list[tuple[int, str]] = []
    parts: list[_Part] = []
    header: list[str] = []
    table, fresh = 0, True
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip(" \t>")
        if "|" in line and (table or line[0] == "|"):
            cells = [cell.strip(" *_") for cell in line.strip("|").split("|")]
            if not table:
                table, header, fresh = number, cells, True
            elif set(line) - set("|-: "):
                first = cells[0] if len(cells) == 2 else ""  # a name and its value
                row = "|".join(map(":".join, zip(header, cells, strict=False)))
                for i, (name, cell) in enumerate(zip(header, cells, strict=False)):
                    titles = (*(title for _, title in path), first * (i > 0), name)
                    parts.append(_Part(number, cell, titles, table, row * (i > 0)))
            continue
        table = 0
        item = re.match(r"(?:[-*+•]|\d+[.)])\s+", line)
        start = item.end() if item else 0
        label = _LABEL.fullmatch(line, start)
        level = len(line) - len(line.lstrip("#")) if re.match("#+ ", line) else 0
        if label and not (label[2] or label[4]):
            level, line = 8, label[1] or label[3]
        elif plain and fresh and re.fullmatch(r"[\d. )]*[A-Z][^.:;!?]{1,50}", line):
            level = 7 * bool(_topics((line,)) and len(line.split()) < 7)
        if level:
            title = "" if level == 1 and not parts else line.strip("*# ")
            path = [*(entry for entry in path if entry[0] < level), (level, title)]
            titles = tuple(title for _, title in path)
            parts.append(_Part(number, "", titles, level=level))
        elif re.search(r"\w", line):
            bold = r"\s+(?=(?:\*\*|__)[^*]{2,40}(?:[.:](?:\*\*|__)|(?:\*\*|__)[.:]))"
            for piece in re.split(bold, line[start:]):
                label = _LABEL.fullmatch(piece)
                if label or item or fresh:
                    above = [label[1] or label[3]] if label else []
                    piece = (label[2] or label[4] or "") if label else piece
                    titles = (*(title for _, title in path), *above)
                    parts.append(_Part(number, piece.replace("*", ""), titles))
                else:
                    parts[-1] = parts[-1]._replace(text=f"{parts[-1].text}\n{piece}")
                fresh = False
            continue
        fresh = True
    return parts


def _topics(titles: tuple[str, ...]) -> set[str]:
    """Return the topics of the innermost title that has any."""
    for title in reversed(titles):
        found = {name for name, topic in _TOPICS.items() if topic[0].search(title)}
        if found:
            return found - {"goal"} if "antigoal" in found else found
    return set()


def _days(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield year, month and day of each date; a month alone ends with its last day."""
    for year, month, day, before, name, after, behind in _DAY.findall(text):
        names = "janfebmaraprmayjunjulaugsepoctnovdec"
        number = int(month or 1 + names.index(name.lower()) // 3)
        yield int(year or behind), number, int(day or before or after or 31)


def _missing(parts: list[_Part]) -> Iterator[Remark]:
    """Yield a remark for every topic without text, or without its number or date."""
    parts = [part._replace(text=part.text.replace("\n", " ")) for part in parts]
    topics = [(part, _topics(part.titles)) for part in parts]
    days: dict[str, list[tuple[int, int, int]]] = {}
    for name, (_, words, remark) in _TOPICS.items():
        named = [part for part, found in topics if name in found]
        other = [part for part in parts if words.search(part.text)]
        told = [p for p in named or other if re.search(r"\w[^?]*$", p.text)]
        told = [part for part in told if not _NOTHING.fullmatch(part.text)]
        if not told:
            yield Remark(named[0].line if named else 1, f"no {remark}")
            continue
        bare = [_NAMED.sub("", _DATE.sub("", part.text)) for part in told + other]
        texts = [_THEN.sub("", f"{p.titles[-1:]} {p.text}") for p in told + other]
        days[name] = [day for text in texts[: len(told)] for day in _days(text)]
        for topic, need, remark in _NEEDS:
            looked = texts if need is _DATE else bare
            if topic == name and not any(map(need.search, looked)):
                yield Remark(told[0].line, remark)
        for first, then, pick, remark in _ORDER:
            if then == name and days.get(first) and days[then]:
                if pick(days[then]) < pick(days[first]):
                    yield Remark(told[0].line, remark)
    for part, found in topics:
        ranged = part.table and _LOW_HIGH.search(part.titles[-1])
        listed = any(map(_NUMBERS.search, part.titles)) and _RANGE.search(part.text)
        if (ranged or listed) and "mistakes" not in found:
            return
    lines = [p.line for p in parts if p.level and _NUMBERS.search(p.titles[-1])]
    remark = "no table of numbers: write low, likely, high, unit and source"
    yield Remark(lines[0] if lines else 1, remark)


def _empty(parts: list[_Part], text: str) -> Iterator[tuple[int, Remark]]:
    """Yield lines and a remark for every heading that nothing stands under."""
    text = re.sub(_COMMENT, lambda found: "\n" * found[0].count("\n"), text)
    lines = text.split("\n")
    for part, end in pairwise([*parts, _Part(len(lines) + 1, "", (), level=1)]):
        below = re.search(r"\w", "".join(lines[part.line : end.line - 1]))
        title = part.titles[-1] if part.titles else ""
        free = _SKIP.search(title) and "question" not in title or len(title.split()) > 6
        if 0 < end.level <= part.level < 8 and title and not free and not below:
            yield part.line, Remark(part.line, f"{title!r} is empty: write it")


def _rows(parts: list[_Part]) -> Iterator[tuple[int, Remark]]:
    """Yield tables with a remark on a row: an empty cell, or no range from low up."""
    rows: dict[tuple[int, int], dict[str, str]] = {}
    for p in parts:
        rows.setdefault((p.table, p.line), {})[p.titles[-1] if p.table else ""] = p.text
    for (table, line), row in rows.items():
        ends = [name for name in row if _LOW_HIGH.search(name)]
        empty = [name for name in row if name and not row[name].strip(" -?")]
        if set(empty) & set(ends):
            yield table, Remark(line, "a range is empty: write low, likely and high")
        elif empty and (ends or re.search("known|unit", " ".join(row))):
            yield table, Remark(line, f"{empty[0]!r} is empty in a row: fill it in")
        elif " ".join(ends).lower() == "low likely high":
            cells = [re.sub(r"[, ](?=\d{3})", "", row[name]) for name in ends]
            values = re.findall(r"-?\d+(?:\.\d+)?", " ".join(cells))
            alike = len({re.sub(r"[\d.]+", "#", cell) for cell in cells}) == 1
            low, likely, high = map(float, values if len(values) == 3 else (0, 1, 2))
            if alike and not low <= likely <= high > low:
                text = f"{next(iter(row.values()))!r} is no range: write low to high"
                yield line, Remark(line, text)


def _vague(part: _Part, ranged: bool) -> Iterator[Remark]:
    """Yield remarks on words and numbers; `ranged` says that its table has ranges."""
    unit = re.search(r"\d ?[a-z%$€£]|[$€£]|unit:", part.row, re.IGNORECASE)
    known = unit or any(map(_COUNTS.search, part.titles[-2:])) or not part.row
    flat = part.text.replace("\n", " ")
    for sentence in re.finditer(r"\S.*?(?:[.!?;](?=\s|$)|$)", flat):
        text = _DATE.sub(lambda date: "_" * len(date[0]), sentence[0])
        found = []
        if (word := _VAGUE.search(text)) and not re.search(r"\d|\?$", text):
            found.append((word, "is vague: write a number and its unit"))
        for number in [] if part.table and known else _BARE.finditer(text):
            before = text[: number.start()]
            if not _NAME.search(before) and not _VALUE.search(before):
                found.append((number, "has no unit: write it behind the number"))
        context = f"{' / '.join(part.titles)} / {text}"
        forecast = _FORECAST.search(context) and _SUBJECT.search(context)
        forecast = None if "kill" in _topics(part.titles) else forecast
        if forecast and not (ranged or _RANGE.search(text) or _BOUND.search(text)):
            numbers = _POINT.finditer(text)
            points = [n for n in numbers if not _NAME.search(text[: n.start()])]
            what = "is a point where a range belongs: write low, likely and high"
            found += [(point, what) for point in points[:1]]
        for match, what in found:
            before = part.text[: sentence.start() + match.start()]
            yield Remark(part.line + before.count("\n"), f"{match[0]!r} {what}")


def review(text: str) -> list[Remark]:
    """Return what a design document lacks or says vaguely, in the order of its lines.

    Headings and wording are free: Markdown or plain text, in English. Code, comments
    and placeholders count for nothing. The remarks are about form, not about truth.
    A box that is not ticked lacks an answer; text of boxes alone needs nothing else.

    Raises
    ------
    ValueError
        If there is no text.
    """
    if not text.strip("\ufeff \t\r\n"):
        raise ValueError("There is no text to review.")
    text = re.sub(r"\r\n?", "\n", text)
    rows = [(i, _BOX.match(line)) for i, line in enumerate(text.split("\n"), 1)]
    asked = [Remark(i, f"not answered: {b[2]}") for i, b in rows if b and b[1] == " "]
    parts = _parts(_BOX.sub("", text))
    if _BOX.search(text) and not any(part.text for part in parts):
        return asked
    remarks = {(remark.text, 0): remark for remark in _missing(parts)}
    known = {remark.line for remark in remarks.values()}
    for place, remark in [*_rows(parts), *_empty(parts, text)]:
        if remark.line in known:
            known.add(place)  # one remark for a table of mistakes without costs
        if place not in known and remark.line not in known:
            remarks.setdefault((re.sub("'.*'", "", remark.text), place), remark)
    ranged = {p.table for p in parts if p.table and _LOW_HIGH.search(p.titles[-1])}
    for part in parts:
        for remark in _vague(part, part.table in ranged):
            if not any(map(_SKIP.search, part.titles)):  # one of a kind for a table
                kind = re.sub("'.*'", "", remark.text) if part.table else remark.text
                remarks.setdefault((kind, part.table or remark.line), remark)
    return sorted([*remarks.values(), *asked])
