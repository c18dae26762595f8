"""Claims: a sentence of the book, what was measured, and the bound it must keep."""

from __future__ import annotations

import html
import math
import re
from dataclasses import asdict, dataclass
from typing import Any

_IDENTIFIER = re.compile(r"(?:\d{1,2}|q\d{2})\.\d{1,2}")


class ClaimBroken(AssertionError):
    """What was measured does not keep the bound that the book states."""


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
    unit
        Unit of the value and of the bound; empty for a pure number.
    digits
        Decimals shown and stored.
    """

    identifier: str
    sentence: str
    measured: float
    at_least: float | None = None
    at_most: float | None = None
    unit: str = ""
    digits: int = 3

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

    def _number(self, value: float) -> str:
        text = f"{value:,.{self.digits}f}"
        return f"{text} {self.unit}".strip()

    @property
    def holds(self) -> bool:
        """Whether the measured value keeps the bound; NaN and infinity do not."""
        low = -math.inf if self.at_least is None else self.at_least
        high = math.inf if self.at_most is None else self.at_most
        return math.isfinite(self.measured) and low <= self.measured <= high

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

    def __str__(self) -> str:
        return (
            f"Claim {self.identifier} holds: {self.sentence} "
            f"(measured: {self.value}; bound: {self.bound})"
        )

    def _html(self) -> str:
        anchor = f"claim-{self.identifier.replace('.', '-')}"
        return (
            f'<div class="mlsd-claim" id="{anchor}" style="border-left: 4px solid '
            "#009e73; padding: 0.5em 1em; margin: 0.5em 0; "
            'background: rgba(0, 158, 115, 0.09)">'
            f"<strong>Claim {self.identifier}</strong> "
            f"{html.escape(self.sentence)}<br>"
            f"Measured: <strong>{html.escape(self.value)}</strong>; "
            f"it must be {html.escape(self.bound)}.</div>"
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
) -> None:
    """State a claim, check it, and show it.

    Parameters are those of `Claim`. The value is checked unrounded.

    Raises
    ------
    ClaimBroken
        If the measured value does not keep the bound; the message has both.
    ValueError
        If the identifier is malformed or no bound is given.

    Examples
    --------
    >>> claim("7.9", "Two is more than one.", 2 - 1, at_least=0.5, digits=1)
    Claim 7.9 holds: Two is more than one. (measured: 1.0; bound: at least 0.5)
    """
    exact = Claim(
        identifier, sentence, float(measured), at_least, at_most, unit, digits
    )
    if not exact.holds:
        raise ClaimBroken(
            f"Claim {identifier} is broken: measured {exact.value}, "
            f"but it must be {exact.bound}. The claim: {sentence}"
        )
    rounded = round(exact.measured, digits) + 0.0
    shown = Claim(identifier, sentence, rounded, at_least, at_most, unit, digits)
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        print(shown)
        return
    if get_ipython() is None:
        print(shown)
    else:
        display(shown)
