"""The design document of a case study, written from measured values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mlsd._intervals import Estimate


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a Markdown table; bars inside cells are escaped.

    Raises
    ------
    ValueError
        If a row has not as many cells as the header.
    """
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"{len(header)} columns, but this row is {list(row)!r}.")
    lines = [list(header), ["---"] * len(header), *rows]
    text = [[str(cell).replace("|", "\\|") for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in text)


@dataclass(frozen=True)
class Number:
    """A number of a design document: a name, its range, its unit, where it is from.

    `source` is ``"measured"``, ``"assumed"``, or a link.
    """

    name: str
    estimate: Estimate
    unit: str
    source: str
    digits: int = 1

    def __post_init__(self) -> None:
        if not self.estimate.low < self.estimate.high:
            raise ValueError(
                f"{self.name!r} has no range: a document promises nothing as a point."
            )
        if not self.source:
            raise ValueError(
                f"{self.name!r} has no source: measured, assumed or a link"
            )

    def row(self) -> list[str]:
        """Return name, value, range and source as cells of a table."""
        value, low, high = self.estimate.rounded(self.digits)
        return [self.name, f"{value} {self.unit}", f"{low} to {high}", self.source]


@dataclass(frozen=True)
class DesignDocument:
    """One page for the person who decides; `markdown` renders it.

    Attributes hold plain sentences, without a full heading. `risks` are rows of
    mistake or risk, size, detection, fallback. `steps` are in the order of doing.
    """

    title: str
    decision: str
    goal: str
    antigoals: str
    numbers: Sequence[Number]
    metric: str
    data: str
    design: str
    risks: Sequence[Sequence[str]]
    pilot: str
    steps: Sequence[str]
    kill: str
    owner: str
    review: str
    questions: Sequence[str] = field(default=())

    def markdown(self) -> str:
        """Return the document as Markdown.

        Raises
        ------
        ValueError
            If a part is empty; only `questions` may be.
        """
        for name, part in vars(self).items():
            if not part and name != "questions":
                raise ValueError(f"The design document has no {name}.")
        numbers = table(
            ["number", "value", "range", "source"], [n.row() for n in self.numbers]
        )
        risks = table(["mistake or risk", "size", "detection", "fallback"], self.risks)
        parts = [
            f"### {self.title}",
            f"**Decision.** {self.decision}",
            f"**Goal.** {self.goal} **Not goals.** {self.antigoals}",
            f"**Metric.** {self.metric}",
            f"**Data.** {self.data}",
            f"**Design.** {self.design}",
            f"#### Numbers it rests on\n\n{numbers}",
            f"#### Cost of mistakes, risks and fallbacks\n\n{risks}",
            f"#### Rollout\n\n{self.pilot}\n\n" + _numbered(self.steps),
        ]
        if self.questions:
            parts.append(f"#### Open questions\n\n{_numbered(self.questions)}")
        parts.append(
            f"**Kill criterion.** {self.kill} **Owner:** {self.owner}. "
            f"**Review:** {self.review}."
        )
        return "\n\n".join(parts) + "\n"


def _numbered(items: Sequence[str]) -> str:
    return "\n".join(f"{i}. {item}" for i, item in enumerate(items, start=1))
