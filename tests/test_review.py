"""The tool for design documents: its template, its remarks, its command line."""

import os
import re
import subprocess
import sys
import time

import numpy as np
import pytest
from support import ROOT

import mlsd
from _ext.checklists import as_markdown
from mlsd.__main__ import main
from mlsd._review import review
from tools import catalogue

COMPLETE = """\
# Alerts of late arrival: design, version 3

## Decision

The head of operations decides by 2027-03-01 whether a pilot of 12,000 € starts.

- Users: agents at the gate, who rebook a passenger two hours before departure.

## Goal

Missed connections fall from 4.1 % of passengers (measured) by 0.3 to 0.9 points.

## Antigoals

The system will not rebook anybody by itself, and no crew is rated with it.

## Baseline

Today an agent rebooks at the gate. Doing nothing costs 90,000 to 140,000 € a year.

## Metric

Cost per passenger, all flights, weekly; complaints must not rise.

## Numbers it rests on

| number | low | likely | high | unit | source |
| --- | --- | --- | --- | --- | --- |
| gain | 20,000 | 45,000 | 80,000 | € a year | assumed |
| cost of building and running | 15,000 | 25,000 | 60,000 | € a year | assumed |
| traffic | 300 | 420 | 900 | requests a day | measured |
| accuracy | 0.64 | 0.69 | 0.72 | AUC | measured |

## Cost of mistakes

| mistake | who pays | low | likely | high | unit |
| --- | --- | --- | --- | --- | --- |
| false alarm | airline | 8 | 15 | 40 | € |
| miss | passenger | 60 | 110 | 300 | € |

## Data

- Source: the airline's records of flights since 2019; operations owns them.
- Labels: arrival in the log of the airport, complete after one day.

## When each column is known

| column | known how long before it is used | who says so |
| --- | --- | --- |
| delay now | 0 to 5 minutes | the airport's feed |

## Design

A table of means by carrier and hour first; trees on ten columns if they cost less.

## Fallback

Without an answer after 2 s the agent sees the table of means; agents switch it off.

## Open questions

1. How many passengers act on an alert?

## Kill criterion

If the pilot saves less than 5 € per alert by 2027-06-30, the project ends.

## Owner and review

- Owner: head of data, gate operations
- Review date: 2027-09-01
"""

OTHER = """\
PROJECT ORCHARD

Why and for whom

The canteen's planners order fruit each evening. Our aim is to throw away 10 to 15 kg
less per day. In order to decide on a trial, the board meets on 3 May 2027.

Out of scope

Vegetables. Prices are not set by this system.

What happens now

Alice orders what was sold a week ago; that baseline wastes 38 to 44 kg a day.

Our estimates

| number | low | likely | high | unit | source |
| --- | --- | --- | --- | --- | --- |
| portions | 180 | 260 | 310 | a day | tills |

How we measure

Mean absolute error in kg, every evening, all 14 canteens.

Inputs

Tills write datasets of sales; they are ours since 2024. Ground truth: the scales.

If it is wrong

A portion too many costs 0.30 to 0.50 €; an empty shelf, the other mistake, costs a
guest a lunch, 2 to 4 €. We fall back to last week's order.

Who answers

Alice is responsible. We stop the project if waste is above 36 kg on 30 June 2027.
This page expires on 1 October 2027.
"""


def texts(text):
    return [remark.text for remark in mlsd.review(text)]


# --- documents -----------------------------------------------------------------------


def test_template_is_short_and_every_part_of_it_draws_a_remark():
    text = mlsd.template()
    assert len(text.splitlines()) <= 90
    titles = re.findall("^## (.*)", text, re.MULTILINE)
    remarks = mlsd.review(text)
    lines = {remark.line for remark in remarks}
    places = [
        i for i, line in enumerate(text.splitlines(), 1) if line.startswith("## ")
    ]
    for title, start, end in zip(titles, places, [*places[1:], 99], strict=True):
        assert lines & set(range(start, end)), title
    assert all(hint.strip() for hint in re.findall("<!--(.*?)-->", text, re.DOTALL))


def test_complete_document_has_the_titles_of_the_template():
    titles = re.compile("^## .*", re.MULTILINE)
    assert titles.findall(COMPLETE) == titles.findall(mlsd.template())


@pytest.mark.parametrize("text", [COMPLETE, OTHER])
def test_nothing_to_remark(text):
    assert mlsd.review(text) == []


def section(title):
    return re.search(rf"## {title}\n\n(.*?)\n(?=\n## |\Z)", COMPLETE, re.DOTALL)[1]


EMPTY = {
    "Goal": "no goal",
    "Antigoals": "no antigoal",
    "Baseline": "no baseline",
    "Metric": "no metric",
    "Cost of mistakes": "no cost of mistakes",
    "Data": "no source of data",
    "Fallback": "no fallback",
    "Kill criterion": "no kill criterion",
    "Numbers it rests on": "no table of numbers",
    "Design": "'Design' is empty",
    "Open questions": "'Open questions' is empty",
    "When each column is known": "'When each column is known' is empty",
}
DEFECTS = {
    "a decision": ("The head of operations decides by 2027-03-01 whether a pilot of "
                   "12,000 € starts.\n", "", "no decision"),
    "a user": ("agents at the gate, who rebook a passenger two hours before departure.",
               "", "no user"),
    "a goal's number": (section("Goal"), "Fewer connections are missed.",
                        "the goal has no number"),
    "the labels": ("arrival in the log of the airport, complete after one day.", "TBD",
                   "no labels"),
    "the source": ("the airline's records of flights since 2019; operations owns them.",
                   "[name of the table]", "no source of data"),
    "the owner": ("head of data, gate operations", "", "no owner"),
    "the review": ("Review date: 2027-09-01", "", "no date of review"),
    "the review's date": ("2027-09-01", "some time", "the review has no date"),
    "the kill date": (" by 2027-06-30", "", "the kill criterion has no date"),
    "the decision's date": (" by 2027-03-01", "", "the decision has no date"),
    "a goal with no number but a date": (section("Goal"), "It is better by 2027.",
                                         "the goal has no number"),
    "a kill date to compare with": ("by 2027-06-30", "than in June 2026",
                                    "the kill criterion has no date"),
    "a kill number": ("saves less than 5 € per alert by 2027-06-30", "is bad on "
                      "30 June 2027", "the kill criterion has no number"),
    "a kill date before the decision": ("by 2027-06-30", "in June 2019",
                                        "the kill date lies before the decision"),
    "a review before the kill date": ("2027-09-01", "1 May 2027",
                                      "the review lies before the last kill date"),
    "a fallback of nothing": (section("Fallback"), "None.", "no fallback"),
    "a fallback to come": (section("Fallback"), "We will think about it.",
                           "no fallback"),
    "antigoals of nothing": (section("Antigoals"), "None.", "no antigoal"),
    "an owner who is nobody": ("head of data, gate operations", "the team", "no owner"),
    "a low above a high": ("| 300 | 420 | 900 |", "| 900 | 420 | 300 |",
                           "'traffic' is no range"),
    "a likely outside": ("| 60 | 110 | 300 |", "| 60 | 1,100 | 300 |",
                         "'miss' is no range"),
    "a range of one number": ("| 8 | 15 | 40 |", "| 15 | 15 | 15 |",
                              "'false alarm' is no range"),
    "a likely": ("| 300 | 420 | 900 |", "| 300 | | 900 |", "a range is empty"),
    "a row's unit": ("| requests a day |", "| |", "'unit' is empty"),
    "a row's source": ("requests a day | measured |", "requests a day | |",
                       "'source' is empty"),
    "when a column is known": ("| 0 to 5 minutes |", "| |", "'known how long"),
    "a point behind by": (section("Goal"), "Reduce missed connections by 950 cases.",
                          "'950' is a point"),
    "a point behind worth": ("if they cost less.", "if they cost less. They are worth "
                             "48,000 €.", "'48,000 €' is a point"),
    "a point behind saves": ("if they cost less.", "if they cost less. That saves 950 "
                             "hours.", "'950' is a point"),
    "a row's range": ("| 300 | 420 | 900 |", "| | 420 | |", "a range is empty"),
    "a mistake's cost": (section("Cost of mistakes"), "False alarms and misses.",
                         "mistakes have no cost"),
    "a unit in prose": ("after 2 s the", "after 2, the", "'2' has no unit"),
    "a unit in a table": ("## Fallback", "| part | size |\n| --- | --- |\n| trees | 300"
                          " |\n\n## Fallback", "'300' has no unit"),
    "a range": ("if they cost less.", "if they cost less. We expect costs of 900 € a "
                "month.", "'900 €' is a point where a range belongs"),
    "a range of a rate": ("if they cost less.", "if they cost less. They will increase "
                          "accuracy by 3 %.", "'3 %' is a point where a range belongs"),
    "a range in a table": ("## Fallback", "| part | expected cost |\n| --- | --- |\n| "
                           "trees | 300 € |\n\n## Fallback", "'300 €' is a point"),
    "fast": ("A table of means", "A fast table of means", "'fast' is vague"),
    "significantly": ("Today an agent rebooks", "Today an agent significantly often "
                      "rebooks", "'significantly' is vague"),
}  # fmt: skip


@pytest.mark.parametrize("title", EMPTY)
def test_every_empty_section_is_seen_and_nothing_else(title):
    start = COMPLETE.splitlines().index(f"## {title}") + 1
    remarks = mlsd.review(COMPLETE.replace(section(title), ""))
    remarks = [r for r in remarks if title != "Data" or "labels" not in r.text]
    assert [r.line for r in remarks] == [start]
    assert remarks[0].text.startswith(EMPTY[title])


@pytest.mark.parametrize("defect", DEFECTS)
def test_every_planted_defect_is_seen_and_nothing_else(defect):
    old, new, expected = DEFECTS[defect]
    assert COMPLETE.count(old) == 1
    found = texts(COMPLETE.replace(old, new))
    assert len(found) == 1 and found[0].startswith(expected), found


def test_every_kind_of_remark_is_planted():
    from mlsd import _review

    planted = [*EMPTY.values(), *(expected for _, _, expected in DEFECTS.values())]
    kinds = [f"no {remark}" for *_, remark in _review._TOPICS.values()]
    kinds += [remark for *_, remark in (*_review._NEEDS, *_review._ORDER)]
    for kind in kinds:
        assert any(kind.startswith(text) for text in planted), kind


def test_remarks_stand_in_the_order_of_lines_and_name_them():
    text = COMPLETE.replace("A table of means by", "First\na cheap table of means by")
    text = text.replace("weekly;", "weekly or soon;")
    remarks = mlsd.review(text)
    lines = text.splitlines()
    assert [r.text.split()[0] for r in remarks] == ["'soon'", "'cheap'"]
    assert "soon" in lines[remarks[0].line - 1]
    assert "cheap" in lines[remarks[1].line - 1]


@pytest.mark.parametrize(
    "words",
    [
        "Python 3.11, step 4, table 2, section 5, version 2.0 and 2026 count nothing.",
        "It costs at most 30 € and answers within 200 ms; 14:30, 3/4 and 24x24 do.",
        "How many of 20 flights are late?",
        "The order is: 1. Ask the lead. 2. Wait for an answer. 3. Go on.",
        "On call: weekdays 8 to 18, or Monday to Friday from 8 to 18. See ticket 4711.",
        "About 1 in 200 is wrong, and 2 of 1,000 are empty.",
        "#### a long title that is a sentence of its own",
        "It takes 450 to 1,650 hours a year, likely 950, by the end of 2027.",
        "```\n## Code\n```\n\n### A part\n\n```\nfast\n```",
        "Few-shot prompts and statistically significant digits are terms.",
        "The measured accuracy was 0.71; P95 is 40 ms. See [1] and #15.",
        "```\nfast = 300\nmany\n```",
        "~~~text\nexpected cost: 300\n~~~",
        "The flag `fast=300` is code.",
        "<!-- many, expected gain: 20 -->",
        "[The page](https://example.org/many/300) has an address.",
        "Verspätungen größer als 15 Minuten, Flughäfen Zürich und Köln.",
    ],
)
def test_no_false_alarm(words):
    assert texts(COMPLETE.replace("## Fallback", f"{words}\n\n## Fallback")) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: "\ufeff" + text,
        lambda text: re.sub("^## (.*)", r"**\1**", text, flags=re.MULTILINE),
        lambda text: re.sub("^## (.*)", r"\1\n-----", text, flags=re.MULTILINE),
        lambda text: re.sub("^## ", "### ", text, flags=re.MULTILINE),
        lambda text: re.sub("^#+ ", "", text, flags=re.MULTILINE),
        lambda text: re.sub(r"^## (.*)\n\n(?=\w)", r"**\1.** ", text, flags=re.M),
    ],
)
def test_form_of_lines_and_titles_does_not_matter(change):
    assert mlsd.review(change(COMPLETE)) == []
    found = texts(change(COMPLETE.replace(section("Antigoals"), "")))
    assert [text.split(":")[0] for text in found] == ["no antigoal"]


@pytest.mark.parametrize(
    "last",
    [
        "| who | name |\n| --- | --- |\n| Owner | Ann |\n| Review date | 2027-09-01 |",
        "**Owner:** Ann **Review:** 2027-09-01",
        "Ann is on call. The design expires on 1 September 2027.",
    ],
)
def test_owner_and_review_in_other_forms(last):
    text = COMPLETE.split("## Owner and review")[0]
    assert len(texts(text)) == 2
    assert texts(f"{text}\n{last}\n") == []


@pytest.mark.parametrize(
    ("title", "other"),
    [
        ("Goal", "Objective"),
        ("Antigoals", "Out of scope"),
        ("Baseline", "Background"),
        ("Numbers it rests on", "Assumptions"),
        ("Cost of mistakes", "Risks"),
        ("Data", "Inputs"),
        ("Fallback", "Contingency"),
        ("Kill criterion", "Exit"),
    ],
)
def test_other_headings_do(title, other):
    text = COMPLETE.replace(f"## {title}\n", f"## {other}\n")
    assert text != COMPLETE and texts(text) == []
    assert other in mlsd.template()
    assert texts(text.replace(section(title), "")) != []


def test_a_date_may_stand_in_a_label():
    old = "If the pilot saves less than 5 € per alert by 2027-06-30, the project ends."
    new = "On 30 June 2027: stop if the pilot saves less than 5 € per alert."
    assert old in COMPLETE and texts(COMPLETE.replace(old, new)) == []


@pytest.mark.parametrize("text", ["", " \n\t\r\n", "\ufeff"])
def test_no_text_is_refused(text):
    with pytest.raises(ValueError, match="no text"):
        mlsd.review(text)


def test_any_text_can_be_reviewed():
    """Pieces of Markdown in any order: no error, and lines that exist."""
    pieces = [
        "|",
        "| a |",
        "---",
        "===",
        "# ",
        "**",
        "**a:** ",
        "**b:**",
        "```",
        "<!--",
    ]
    pieces += ["\n", "\n\n", "\r\n", " 1. ", "- ", "Owner:", "expected cost 5", "1.0.0"]
    pieces += [
        "[",
        "](",
        "\ufeff",
        "\t",
        ">",
        "\x0b",
        "\u2028",
        "\u0663",
        "low",
        "range",
    ]
    assert mlsd.review(
        "One **Owner:** **Review:** two"
    )  # a label without text of its own
    random = np.random.default_rng(1)
    for _ in range(1500):
        text = "x" + "".join(random.choice(pieces, size=random.integers(1, 40)))
        last = text.replace("\r\n", "\n").count("\n") + 1
        assert all(
            1 <= r.line <= last and "\n" not in r.text for r in mlsd.review(text)
        )


def test_one_endless_line_takes_no_time():
    start = time.perf_counter()
    for piece in ("error ", "[ ", "a ", "1,000 ", "**a "):
        mlsd.review(piece * 100_000)
    assert time.perf_counter() - start < 20


# --- command line --------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.md").write_text(COMPLETE, "utf-8")
    (tmp_path / "bad.md").write_text(COMPLETE.replace("Today an", "Soon an"), "utf-8")
    return tmp_path


def test_status_and_last_line(folder, capsys):
    assert main(["review", "good.md"]) == 0
    nothing = "good.md: nothing to remark: this tool sees form, not truth\n"
    assert capsys.readouterr() == (nothing, "")
    assert main(["review", "bad.md", "good.md"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("bad.md:19: 'Soon' is vague: write")
    assert lines[1:] == ["bad.md: 1 remark", nothing.strip()]


BAD = {
    "missing.md": (None, "There is no such file"),
    "folder.md": (None, "a folder"),
    "picture.png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0", "not text"),
    "nul.md": (b"# Title\n\0", "not text"),
    "latin.md": ("Verspätung".encode("latin-1"), "not text in UTF-8"),
    "wide.md": ("Goal".encode("utf-16"), "not text in UTF-8"),
    "empty.md": (b"", "no text"),
    "blank.md": (b"\xef\xbb\xbf \r\n", "no text"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gets_one_sentence_and_the_others_their_remarks(name, folder, capsys):
    content, expected = BAD[name]
    if name == "folder.md":
        (folder / name).mkdir()
    if content is not None:
        (folder / name).write_bytes(content)
    assert main(["review", name, "bad.md"]) == 2
    out, err = capsys.readouterr()
    assert err.count("\n") == 1 and err.startswith(f"{name}: ") and expected in err
    assert out.endswith("bad.md: 1 remark\n")


def test_new_design_is_printed_or_written_and_overwrites_nothing(folder, capsys):
    assert main(["new-design"]) == 0
    assert capsys.readouterr().out == mlsd.template()
    assert main(["new-design", "mine.md"]) == 0
    assert (folder / "mine.md").read_text("utf-8") == mlsd.template()
    assert main(["review", "mine.md"]) == 1
    capsys.readouterr()
    for name in ("good.md", "."):
        assert main(["new-design", name]) == 2
        err = capsys.readouterr().err
        assert err.count("\n") == 1 and "exists" in err
    assert (folder / "good.md").read_text("utf-8") == COMPLETE
    assert main(["new-design", "nowhere/mine.md"]) == 2
    assert capsys.readouterr().err.startswith("nowhere/mine.md: There is no")


@pytest.mark.parametrize("words", [[], ["rewiev"], ["review"], ["review", "--loud"]])
def test_unknown_words_are_refused(words, capsys):
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 2
    assert "usage: python -m mlsd" in capsys.readouterr().err


def test_help_names_commands_and_statuses(capsys):
    for words in (["--help"], ["review", "--help"], ["new-design", "--help"]):
        with pytest.raises(SystemExit) as left:
            main(words)
        assert left.value.code == 0
        out = capsys.readouterr().out
        assert "Exit status: 0" in out and "design document" in out


def test_the_real_command_on_a_console_without_umlauts(folder):
    (folder / "grün.md").write_text(COMPLETE.replace("Today", "Soon"), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mlsd", "review", "grün.md"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("gr?n.md:19: 'Soon' is vague")


def test_boxes_of_a_checklist_are_questions():
    asked = "# Mine\n\n- [ ] Who owns it, for few days?\n- [x] When does it end?\n"
    assert review(asked) == [(3, "not answered: Who owns it, for few days?")]
    assert review(asked.replace("[ ]", "[x]")) == []
    whole = COMPLETE + "\n" + asked
    said = "not answered: Who owns it, for few days?"
    assert [remark.text for remark in review(whole)] == [said]


def test_checklists_of_the_book_are_understood():
    text = as_markdown(catalogue.ROOT)
    remarks = review(text)
    assert len(remarks) == text.count("\n- [ ] ") > 100
    assert review(text.replace("[ ]", "[x]")) == []
