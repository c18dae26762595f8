"""The package that every notebook imports: claims, figure style, threads."""

import json
import math
import os
import subprocess
import sys

import matplotlib as mpl
import pytest
from support import ROOT

import mlsd
from mlsd import Claim, ClaimBroken, ClaimTooWeak, claim

# --- claims --------------------------------------------------------------------------


def test_a_claim_that_holds_is_one_line_of_text(capsys):
    claim("7.1", "Two is more than one.", 2, at_least=1.5, unit="units", digits=1)
    assert capsys.readouterr().out == (
        "Claim 7.1 holds: Two is more than one. "
        "(measured: 2.0 units; bound: at least 1.5 units)\n"
    )


@pytest.mark.parametrize(
    ("bounds", "measured", "holds"),
    [
        ({"at_least": 0.1}, 0.1, True),
        ({"at_least": 0.1}, 0.0999999, False),
        ({"at_most": 0.1}, 0.1, True),
        ({"at_most": 0.1}, 0.1000001, False),
        ({"at_least": 0.77, "at_most": 0.83}, 0.8, True),
        ({"at_least": 0.77, "at_most": 0.83}, 0.84, False),
        ({"at_least": 0.77, "at_most": 0.83}, 0.76, False),
        ({"at_most": 0.0}, -0.02, True),
        ({"at_least": 0.0}, math.nan, False),
        ({"at_most": 1.0}, math.nan, False),
        ({"at_least": 0.0}, math.inf, False),
    ],
)
def test_bounds(bounds, measured, holds):
    if holds:
        claim("7.1", "A sentence.", measured, **bounds)
        return
    with pytest.raises(ClaimBroken):
        claim("7.1", "A sentence.", measured, **bounds)


def test_a_broken_claim_says_what_was_measured_and_what_was_required():
    with pytest.raises(ClaimBroken) as caught:
        claim("q18.2", "Margins shrink.", 0.031, at_least=0.05, unit="AUC")
    message = str(caught.value)
    assert "Claim q18.2" in message and "Margins shrink." in message
    assert "0.031 AUC" in message and "at least 0.050 AUC" in message
    # The value is checked before it is rounded, and the message must show why.
    assert isinstance(caught.value, AssertionError)


@pytest.mark.parametrize("identifier", ["7", "7.", "seven.1", "7.1a", "q1.1", ""])
def test_malformed_identifiers_are_refused(identifier):
    with pytest.raises(ValueError, match="no claim identifier"):
        claim(identifier, "A sentence.", 1, at_least=0)


def test_a_claim_without_a_bound_is_refused():
    with pytest.raises(ValueError, match="could never fail"):
        claim("7.1", "A sentence.", 1)


RIVAL = {"rival": ("a random split", 0.051)}


def test_a_claim_names_its_rival_in_text_and_box(capsys):
    claim("7.1", "Small.", 0.01, at_most=0.02, **RIVAL)
    words = "a random split would give 0.051 and break it"
    assert f"bound: at most 0.020; {words})" in capsys.readouterr().out
    shown = Claim("7.1", "Small.", 0.01, at_most=0.02, **RIVAL)
    data, metadata = shown._repr_mimebundle_()
    assert f"A{words[1:]}." in data["text/html"] and words in data["text/plain"]
    stored = json.loads(json.dumps(metadata))["mlsd_claim"]
    assert Claim(**stored)._repr_mimebundle_()[0] == data


def test_a_rival_that_keeps_the_bound_makes_the_claim_too_weak():
    with pytest.raises(ClaimTooWeak) as caught:
        claim("7.1", "Small.", 0.01, at_most=0.06, **RIVAL)
    message = str(caught.value)
    assert "proves nothing" in message and "0.010" in message and "0.051" in message
    assert not isinstance(caught.value, ClaimBroken)
    with pytest.raises(ClaimBroken):
        claim("7.1", "Small.", 0.03, at_most=0.02, **RIVAL)
    with pytest.raises(ValueError, match="was not measured"):
        claim("7.1", "Small.", 0.01, at_most=0.06, rival=("luck", math.nan))


def test_html_is_escaped_and_has_an_anchor():
    shown = Claim("7.1", "a < b & c", 0.5, at_most=1, unit="<x>")
    data, metadata = shown._repr_mimebundle_()
    assert 'id="claim-7-1"' in data["text/html"]
    assert "a &lt; b &amp; c" in data["text/html"]
    assert "<x>" not in data["text/html"]
    assert "\n" not in data["text/plain"]
    assert json.loads(json.dumps(metadata))["mlsd_claim"]["identifier"] == "7.1"


def test_minus_zero_is_shown_as_zero(capsys):
    claim("7.1", "Nothing.", -0.00001, at_most=0.1, digits=2)
    assert "measured: 0.00;" in capsys.readouterr().out


# --- figure style --------------------------------------------------------------------


def test_style_is_white_sharp_and_repeatable():
    with mpl.rc_context():
        mlsd.set_style()
        once = dict(mpl.rcParams)
        mlsd.set_style()
        assert dict(mpl.rcParams) == once
        assert mpl.rcParams["figure.facecolor"] == "white"
        assert mpl.rcParams["font.size"] >= 10
        colors = mpl.rcParams["axes.prop_cycle"].by_key()["color"]
    assert colors == list(mlsd.COLORS.values())
    assert len(set(colors)) == len(colors)


# --- size ----------------------------------------------------------------------------


def test_the_package_and_its_tool_stay_small():
    """What notebooks import stays under 900 lines, the tool for documents at 400.

    `_review.py` and `__main__.py` are a tool for the projects of readers, and no lesson
    is told with them: they do not count against the package and have their own limit.
    """
    files = (ROOT / "mlsd").glob("*.py")
    lines = {path.name: len(path.read_text("utf-8").splitlines()) for path in files}
    tool = lines.pop("_review.py") + lines.pop("__main__.py")
    assert sum(lines.values()) <= 900, lines
    assert tool <= 400


# --- importing -----------------------------------------------------------------------


def python(code, **environment):
    """Run code in a fresh interpreter and return what it printed."""
    keep = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**keep, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_importing_pins_threads_unless_the_reader_chose_otherwise():
    code = "import mlsd, os; print(os.environ['OMP_NUM_THREADS'])"
    assert python(code) == "1"
    assert python(code, OMP_NUM_THREADS="2") == "2"


def test_importing_is_silent_and_opens_no_connection():
    code = """
import socket
def refuse(*_, **__):
    raise RuntimeError("a connection was opened")
socket.socket.connect = refuse
import mlsd
mlsd.load("airlines")
"""
    assert python(code) == ""


def test_the_documented_examples_are_true():
    import doctest

    import mlsd._claims

    assert doctest.testmod(mlsd._claims).failed == 0
