"""The form of a design document: a template, and remarks on anybody's document."""

import re
from collections.abc import Iterator
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


def _any(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


# What a document has: words of titles, words of titles and sentences, what to write.
_TOPICS = {
    name: (_any(f"{titles}|{both}"), _any(both), f"no {remark}")
    for name, titles, both, remark in (
        ("decision", "recommendations?|proposal|approval",
         "decisions?(?! (tree|bound|engine|thresh|func))|deci(de|ded|des)|we ask",
         "decision: write who decides what, by when, for how much"),
        ("users", "stakeholders?|audience|personas?",
         "(user|customer|client|passenger|travell?er|patient|team|analyst|agent|operator"
         "|reviewer|physician|teacher|student|driver|buyer|seller|editor|planner)s?|staff",
         "user: write who acts on the output, and what they do differently"),
        ("goal", "goals?|objectives?|aims?|success|^targets?$|acceptance|\\w+ed impact",
         "(the|our|its) (goal|objective|aim|target)s?|(want|aim)s? to",
         "goal: write what changes, by how much (low, likely, high), in which unit"),
        ("antigoal", "limitations?|exclu(ded|sions?)",
         "(out of|not in) scope|(non|anti|not|no)[- ]?(a )?(goal|objective)s?|won't|"
         "(will|do|does|shall|must) (never|not)|not (meant|intended|supported)",
         "antigoal: write what the system will not do, even if somebody asks"),
        ("baseline", "alternatives?|current|existing|today",
         "baselines?|do(ing)? nothing|status quo|without (a|the) model|compared with|"
         "compared to",
         "baseline: write what is done today, and what doing nothing costs"),
        ("metric", "evaluation|measure(s|ments?)?",
         "metrics?|kpis?|precision|recall|auc|accuracy|rmse|mae|mape|ndcg|mrr|f1|"
         "log loss|brier( score)?|error rate|click-through( rate)?|conversion",
         "metric: write what is measured, on which cases, how often"),
        ("mistakes", "mistakes?",
         r"costs? of (\w+ ){,5}?(wrong|false|miss|error|mistake|un\w+ed).*|(mistake|"
         r"error|miss|false \w+)(s|es|ed)?\b.*(costs?|los[et]s?|pays?|harms?|[$€£])",
         "cost of mistakes: write what a false alarm and a miss cost, and whom"),
        ("data", "data|inputs?",
         "data (from|sources?|comes?)|datasets?|logs|collected (from|by|in)",
         "source of data: write where they come from, since when, whose they are"),
        ("labels", "outcomes?",
         "(un)?label(s|led|ed|ing|ling)?|ground truth|annotat(ed|ors?|ions?)|"
         "(confirmed|graded|judged|rated|screened|tagged) by",
         "labels: write who or what says what was true, and how late"),
        ("fallback", "contingency",
         "(fall|roll)(s|ing|ed)?[- ]?backs?|circuit.breaker|fails? (open|closed)",
         "fallback: write what users get when the system is down, late or wrong"),
        ("owner", "owner(s|ship)?|responsib(le|ility)|accountab(le|ility)|dri|raci",
         "owned by|owners? is|is (responsible|accountable)|on[- ]call",
         "owner: write who is called when it fails, by name or post"),
        ("kill", "kill|abort|sunset",
         "(stop|exit|kill)(ping)? (rule|criteri(on|a)|date)|no-go|"
         "(stop|end|abandon|drop)s? (it|the (project|pilot|system|work|model))",
         "kill criterion: write which value ends the project, on which date"),
        ("review", "(^|and )review( date)?$|expir(y|es|ation)",
         "next review|review(ed)? (again|on|every)|expires|valid until|revisit",
         "date of review: write on which date this document expires"),
    )
}  # fmt: skip
_MONTH = r"(jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-zä]*\.?"
_DATE = _any(
    r"\d{4}-\d\d(-\d\d)?|\d\d?[./]\d\d?[./]\d\d(\d\d)?|Q[1-4]( \d{4})?|\d\d?:\d\d|"
    rf"(\d\d?\.? )?{_MONTH} \d{{1,4}}(, \d{{4}})?|\d\d?\.? {_MONTH}|(19|20)\d\d|"
    r"((after|within|in) (the )?(first )?\w+|every( \w+)?) (day|week|month|year)s?"
)
_NEEDS = {
    "goal": (re.compile(r"\d"), "the goal has no number: write by how much"),
    "mistakes": (re.compile(r"\d"), "mistakes have no cost: write low, likely, high"),
    "kill": (_DATE, "the kill criterion has no date: write when you look at it"),
    "review": (_DATE, "the review has no date: write on which day it is due"),
}
_NUMBER = r"\d+(?:[,. ]\d{3})*(?:[.,]\d+)?(?: ?(?:k|m|bn|thousand|million|billion)\b)?"
_POINT = re.compile(rf"(?<![\w.-])[$€£]?{_NUMBER}(?: ?[%$€£])?(?![\w-])", re.IGNORECASE)
_RANGE = re.compile(rf"{_NUMBER} ?(?:%|\w+)? ?(?:-|–|—|to|and|±) ?[-−$€£]*\d")  # noqa: RUF001
_BARE = re.compile(
    rf"(?<![\w.,#/§$€£(-])(?:{_NUMBER} ?(?:-|–|to|and|or) ?)?(?![01](?!\d)){_NUMBER}"  # noqa: RUF001
    r"(?! (?:and|or|to) \d)(?=\s*(?:[.;!?)](?:\s|$)|,\s|$)|\s(?:and|or|but|when|if|at|"
    r"while|because|which|that|is|are|was|in|for|with|on|then|by|after|before|until)\b)"
)
_NAME = re.compile(  # what stands before a number that counts nothing
    r"\b(?:(?:step|phase|stage|table|figure|version|section|chapter|page|line|question|"
    r"day|week|month|year|sprint|tier|level|option|part|number|top|seed|layer|priority|"
    r"class|group)s?|usd|eur|chf|gbp|v|k|n)\W*$", re.IGNORECASE
)  # fmt: skip
_VALUE = re.compile(r"(?:\S [A-Z]\w+|Python|[=×*/:+])\W*$")  # noqa: RUF001
_COUNTS = _any(  # a title of a row or column that says what its numbers are
    r".*[%$€£(#].*|.*\b(unit|id|no|count|rank|step|phase|version|number of|points|auc|"
    r"rate|ratio|share|probability|score|qty|\w+s (a|per) \w+|minutes|hours|days|weeks|"
    r"months|ms|seconds|years|users|requests|release)\b.*"
)
_FORECAST = _any(
    r"(expect|forecast|estimat|project(ed|ion)|anticipat|assum|roi\b)\w*|(will|would|"
    "should) (save|cost|reduce|increase|raise|cut|gain|grow|earn|handle|serve|reach|"
    "need|bring|improve|achieve)"
)
_SUBJECT = _any(
    "gains?|sav(e|es|ings?)|costs?|revenue|income|profit|benefit|traffic|requests?|load|"
    "volume|accuracy|auc|precision|recall|(up)?lift|roi|conversion|adoption|users?|fee|"
    r"(reduc|increas|improv)\w+|growth|market share|budget|loss|price|impact"
)
_BOUND = re.compile(
    r"\b(at (least|most)|up to|(no|not|less|more|fewer) (more |less )?than|below|under|"
    r"above|over|within|max|min|limit|measured|observed)|[<>≤≥±]", re.IGNORECASE
)  # fmt: skip
_VAGUE = _any(
    "fast(er)?|quick(ly|er)?|slow(ly|er)?|(?<!how )(?<!too )(?<!as )many|few(?!-)|huge|"
    "several|numerous|(?<!statistically )significant(ly)?|substantial(ly)?|vast|often|"
    "considerabl[ey]|massive|minimal(ly)?|frequently|rarely|seldom|soon|reasonabl[ey]|"
    "acceptable|adequate(ly)?|sufficient(ly)?|cheap(er)?|expensive|scalable|lots? of|"
    "cost-effective|sustained|highly [a-z]+|(is|are|very) (high|low|large|small)|"
    "(large|high|low)(er)? (numbers?|volumes?|amounts?|traffic|latency|costs?|accuracy)"
)
_LOW_HIGH = _any("low|high|range|lower|upper|worst|best")
_SKIP = _any("references|bibliography|glossary|contents|changelog|history|questions")
_LABEL = re.compile(
    r"(?:\*\*|__)([^*\n]{2,60}?)(?:[.:](?:\*\*|__)|(?:\*\*|__)[.:])\s*(.*)"
    r"|([A-Z][\w'/& -]{1,40}):(?:\s+(.*)|$)"
)
# Code, comments, addresses and what is still to be filled in count for nothing.
_HIDDEN = r"(?ms)^[ \t>]*(```+|~~~+).*?(?:^[ \t>]*\1|\Z)[^\r\n]*|<!--.*?(?:-->|\Z)"
_CLEAN = (
    (r"\A\ufeff", ""),
    (r"\r\n?", "\n"),
    (r"`[^`\n]+`", "code"),
    (r"!\[[^\]\n]*\]\([^)\n]*\)|\[[^\]\n]*\]\(#[^)\n]*\)", ""),
    (r"\[([^\]\n]*)\]\([^)\n]*\)", r"\1"),
    (r"https?://\S+", "link"),
    (r"</?[A-Za-z][^>\n]*>|\[[^\]\n]*\]|\b(TBD|TODO|TBA|YYYY-MM-DD)\b", ""),
    (r"(?m)^(?![-*#|> \t])(.+)\n=+[ \t]*$", "# \\1\n"),
    (r"(?m)^(?![-*#|> \t])(.+)\n-{3,}[ \t]*$", "## \\1\n"),
    (r"(?m)^\*\*+([^*\n]+)\*\*+:?[ \t]*$", r"####### \1"),
)


def template() -> str:
    """Return the template of a design document: Markdown, with hints as comments."""
    return Path(__file__).with_name("design_document.md").read_text("utf-8")


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
            parts.append(_Part(number, "", tuple(title for _, title in path)))
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


def _missing(parts: list[_Part]) -> Iterator[Remark]:
    """Yield a remark for every topic without text, or without its number or date."""
    parts = [part._replace(text=part.text.replace("\n", " ")) for part in parts]
    topics = [(part, _topics(part.titles)) for part in parts]
    for name, (_, words, remark) in _TOPICS.items():
        named = [part for part, found in topics if name in found]
        other = [part for part in parts if words.search(part.text)]
        told = [p for p in named or other if re.search(r"\w[^?]*$", p.text)]
        if not told:
            yield Remark(named[0].line if named else 1, remark)
        elif name in _NEEDS:
            need, remark = _NEEDS[name]
            if not any(need.search(part.text) for part in told + other):
                yield Remark(told[0].line, remark)


def _vague(part: _Part, ranged: bool) -> Iterator[Remark]:
    """Yield remarks on words and numbers; `ranged` says that its table has ranges."""
    if ranged and not part.text and _LOW_HIGH.search(part.titles[-1]):
        yield Remark(part.line, "a range is empty: write low, likely and high")
    unit = re.search(r"\d ?[a-z%$€£]|[$€£]|unit:\w", part.row, re.IGNORECASE)
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

    Raises
    ------
    ValueError
        If there is no text.
    """
    if not text.strip("\ufeff \t\r\n"):
        raise ValueError("There is no text to review.")
    parts = _parts(text)
    remarks = {(remark.text, 0): remark for remark in _missing(parts)}
    ranged = {p.table for p in parts if p.table and _LOW_HIGH.search(p.titles[-1])}
    for part in parts:
        for remark in _vague(part, part.table in ranged):
            if not any(map(_SKIP.search, part.titles)):  # one of a kind for a table
                kind = re.sub("'.*'", "", remark.text) if part.table else remark.text
                remarks.setdefault((kind, part.table or remark.line), remark)
    return sorted(remarks.values())
