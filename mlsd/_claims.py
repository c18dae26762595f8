"""Claims: a sentence of the book, what was measured, and the bound it must keep."""

from __future__ import annotations

import html
import math
import re
import sys
from dataclasses import asdict, dataclass, replace
from typing import Any

_IDENTIFIER = re.compile(r"(?:\d{1,2}|q\d{2})\.\d{1,2}")


class ClaimBroken(AssertionError):
    """What was measured does not keep the bound that the book states."""


class ClaimTooWeak(AssertionError):
    """The rival keeps the bound too, so the claim would prove nothing."""


class GateFailed(AssertionError):
    """A recommended policy does not pass a check that every policy must pass."""


@dataclass(frozen=True)
class Claim:
    """One checked statement; `claim` makes, checks and shows it.

    Attributes
    ----------
    identifier
        Chapter and number, as in ``"7.1"``, or question and number, ``"q18.2"``.
    sentence
        What the book says, in one sentence.
    measured
        The value, in `unit`, rounded to `digits` decimals.
    at_least, at_most
        The bound, in `unit`; both ends belong to it. At least one is given.
    unit, digits
        Unit of value and bound, empty for a pure number; decimals shown and stored.
    rival
        What the wrong method, the lazy policy or luck measures in the same place: a
        name that can begin a sentence, and the value. The bound must refute it.
    """

    identifier: str
    sentence: str
    measured: float
    at_least: float | None = None
    at_most: float | None = None
    unit: str = ""
    digits: int = 3
    rival: tuple[str, float] | None = None

    def __post_init__(self) -> None:
        if not _IDENTIFIER.fullmatch(self.identifier):
            raise ValueError(
                f"{self.identifier!r} is no claim identifier: write the chapter and a "
                "number, as in '7.1', or the question and a number, as in 'q18.2'."
            )
        if self.at_least is None and self.at_most is None:
            raise ValueError(
                f"Claim {self.identifier} has no bound, so it could never fail: "
                "give at_least, at_most, or both."
            )
        if self.rival is not None and not math.isfinite(self.rival[1]):
            raise ValueError(
                f"Claim {self.identifier}: its rival {self.rival[0]!r} was not "
                "measured: give a finite number."
            )

    def _number(self, value: float) -> str:
        text = f"{value:,.{self.digits}f}"
        return f"{text} {self.unit}".strip()

    @property
    def holds(self) -> bool:
        """Whether the measured value keeps the bound; NaN and infinity do not."""
        return self._keeps(self.measured)

    def _keeps(self, value: float) -> bool:
        low = -math.inf if self.at_least is None else self.at_least
        high = math.inf if self.at_most is None else self.at_most
        return math.isfinite(value) and low <= value <= high

    @property
    def bound(self) -> str:
        """The bound in words, with its unit."""
        if self.at_least is None:
            return f"at most {self._number(self.at_most or 0.0)}"
        if self.at_most is None:
            return f"at least {self._number(self.at_least)}"
        return (
            f"between {self.at_least:,.{self.digits}f} and {self._number(self.at_most)}"
        )

    @property
    def value(self) -> str:
        """The measured value with its unit."""
        return self._number(self.measured)

    @property
    def rival_in_words(self) -> str:
        """The rival and its value; empty without a rival."""
        return f"{self.rival[0]}: {self._number(self.rival[1])}" if self.rival else ""

    @property
    def against(self) -> str:
        """What the rival would do, as a clause; empty without a rival."""
        if self.rival is None:
            return ""
        name, value = self.rival
        return f"{name} would give {self._number(value)} and break it"

    def __str__(self) -> str:
        rival = f"; {self.against}" if self.rival else ""
        return (
            f"Claim {self.identifier} holds: {self.sentence} "
            f"(measured: {self.value}; bound: {self.bound}{rival})"
        )

    def _html(self) -> str:
        anchor = f"claim-{self.identifier.replace('.', '-')}"
        clause = html.escape(self.against)
        rival = f" {clause[0].upper()}{clause[1:]}." if clause else ""
        return (
            f'<div class="mlsd-claim" id="{anchor}" style="border-left: 4px solid '
            "#009e73; padding: 0.5em 1em; margin: 0.5em 0; "
            'background: rgba(0, 158, 115, 0.09)">'
            f"<strong>Claim {self.identifier}</strong> "
            f"{html.escape(self.sentence)}<br>"
            f"Measured: <strong>{html.escape(self.value)}</strong>; "
            f"it must be {html.escape(self.bound)}.{rival}</div>"
        )

    def _repr_mimebundle_(
        self, **_: Any
    ) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
        # The metadata travel with the stored output: the Claims page is made of them.
        data = {"text/plain": str(self), "text/html": self._html()}
        return data, {"mlsd_claim": asdict(self)}


def claim(
    identifier: str,
    sentence: str,
    measured: float,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    unit: str = "",
    digits: int = 3,
    rival: tuple[str, float] | None = None,
) -> None:
    """State a claim, check it, and show it.

    Parameters are those of `Claim`. A claim without a rival may be true and still prove
    nothing: a bound that the wrong method keeps, too, does not tell right from wrong.
    Both values are checked unrounded.

    Raises
    ------
    ClaimBroken
        If the measured value does not keep the bound; the message has both.
    ClaimTooWeak
        If the rival's value keeps the bound; the message has all three.
    ValueError
        If the identifier is malformed, no bound is given, or the rival is no number.

    Examples
    --------
    >>> claim("7.9", "Two is more than one.", 2 - 1, at_least=0.5, digits=1)
    Claim 7.9 holds: Two is more than one. (measured: 1.0; bound: at least 0.5)
    """
    if rival is not None:
        rival = (rival[0], float(rival[1]))
    exact = Claim(
        identifier, sentence, float(measured), at_least, at_most, unit, digits, rival
    )
    if rival is not None and exact._keeps(rival[1]):
        raise ClaimTooWeak(
            f"Claim {identifier} proves nothing: it must be {exact.bound}, measured "
            f"{exact.value}, but {rival[0]} would keep the bound, too, with "
            f"{exact._number(rival[1])}. The claim: {sentence}"
        )
    if not exact.holds:
        raise ClaimBroken(
            f"Claim {identifier} is broken: measured {exact.value}, "
            f"but it must be {exact.bound}. The claim: {sentence}"
        )
    rounded = round(exact.measured, digits) + 0.0
    if rival is not None:
        rival = (rival[0], round(rival[1], digits) + 0.0)
    shown = replace(exact, measured=rounded, rival=rival)
    ipython = sys.modules.get("IPython")
    if ipython is None or ipython.get_ipython() is None:
        print(shown)
    else:
        ipython.display.display(shown)


GATES = {
    "nothing": "beats doing nothing",
    "constant": "beats the best constant",
    "marginal": "the marginal case is worth it",
    "pilot": "the pilot reaches its own stop rule",
}


def gate(
    kind: str,
    measured: float,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    unit: str = "",
    digits: int = 2,
) -> None:
    """Print one check that every recommended policy must pass, or raise.

    `kind` is a key of `GATES`: the policy against ``"nothing"`` and the best
    ``"constant"`` at the stated costs, the value of the ``"marginal"`` case against its
    cost, the cases of the ``"pilot"`` against those that its stop rule needs. The other
    parameters are those of `claim`.

    Raises
    ------
    GateFailed
        If the value does not keep the bound.
    ValueError
        If the kind is unknown or no bound is given.
    """
    if kind not in GATES:
        raise ValueError(f"There is no gate {kind!r}. Known: {', '.join(GATES)}.")
    held = Claim("0.0", GATES[kind], float(measured), at_least, at_most, unit, digits)
    if not held.holds:
        raise GateFailed(
            f"Gate failed, {GATES[kind]}: {held.value}, must be {held.bound}."
        )
    print(f"Gate passed, {GATES[kind]}: {held.value}, must be {held.bound}.")
