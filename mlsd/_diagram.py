"""A diagram of a system: boxes and arrows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from mlsd._style import COLORS

# What a box stands for, and its colour.
KINDS = {
    "data": COLORS["sky"],
    "model": COLORS["green"],
    "service": COLORS["amber"],
    "person": COLORS["pink"],
}
WIDTH, HEIGHT = 0.78, 0.5  # of a box, in units of the grid


def diagram(
    boxes: Mapping[str, tuple[float, float, str]],
    arrows: Sequence[tuple[str, str] | tuple[str, str, str]],
    ax: Axes | None = None,
) -> Axes:
    """Draw the boxes of a system and the arrows between them.

    Parameters
    ----------
    boxes
        Text of a box, with its column, its row (0 is the top) and its kind: a key of
        `KINDS`, which sets the colour. Lines of a text are split by a line break.
    arrows
        Text of the first and of the second box and, if wanted, a label.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on, without ticks or frame.

    Raises
    ------
    ValueError
        If a kind is unknown, or an arrow names a box that does not exist.
    """
    if ax is None:
        rows = max(row for _, row, _ in boxes.values()) + 1
        ax = plt.subplots(figsize=(7.0, 0.95 * rows + 0.15))[1]
    for text, (column, row, kind) in boxes.items():
        if kind not in KINDS:
            raise ValueError(f"There is no kind {kind!r}. Known: {', '.join(KINDS)}.")
        corner = column - WIDTH / 2, -row - HEIGHT / 2
        box = Rectangle(corner, WIDTH, HEIGHT, fc=KINDS[kind] + "40", ec="#222222")
        ax.add_patch(box)
        ax.text(column, -row, text, ha="center", va="center", fontsize=9)
    for start, end, *label in arrows:
        for name in (start, end):
            if name not in boxes:
                raise ValueError(f"An arrow names {name!r}, which is no box.")
        (x0, y0, _), (x1, y1, _) = boxes[start], boxes[end]
        # From edge to edge, along the line between the centres.
        dx, dy = x1 - x0, y0 - y1
        sides = [HEIGHT / 2 / abs(dy)] if dy else []
        sides += [WIDTH / 2 / abs(dx)] if dx else []
        part = min(sides)
        ax.annotate(
            "",
            xy=(x1 - part * dx, -y1 - part * dy),
            xytext=(x0 + part * dx, -y0 + part * dy),
            arrowprops={"arrowstyle": "-|>", "color": "#222222", "lw": 1.2},
        )
        for name in label:
            middle, height = (x0 + x1) / 2, -(y0 + y1) / 2
            white = {"fc": "white", "ec": "none", "pad": 1.0}
            ax.text(middle, height, name, ha="center", va="center", size=8, bbox=white)
    columns, levels = zip(*((x, y) for x, y, _ in boxes.values()), strict=True)
    ax.set_xlim(min(columns) - 0.5, max(columns) + 0.5)
    ax.set_ylim(-max(levels) - 0.4, -min(levels) + 0.4)
    ax.axis("off")
    return ax
