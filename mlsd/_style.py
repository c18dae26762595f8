"""The look of the book's figures."""

from __future__ import annotations

import sys

import matplotlib as mpl
from cycler import cycler

# Okabe and Ito's palette (https://jfly.uni-koeln.de/color/): told apart with every
# common form of colour blindness. Yellow is left out: too faint on white.
COLORS: dict[str, str] = {
    "blue": "#0072B2",
    "orange": "#D55E00",
    "green": "#009E73",
    "pink": "#CC79A7",
    "sky": "#56B4E9",
    "amber": "#E69F00",
    "black": "#222222",
    "grey": "#8A8A8A",
}


def set_style() -> None:
    """Set the figure style of the book for the running kernel.

    Figures are 7 by 4 inches, drawn as PNG with two pixels per point so that they are
    sharp on dense displays, on white so that they stay readable on a dark page.
    """
    mpl.rcParams.update(
        {
            "figure.figsize": (7.0, 4.0),
            "figure.dpi": 100,
            "figure.facecolor": "white",
            "figure.constrained_layout.use": True,
            "savefig.facecolor": "white",
            "font.size": 11,
            "axes.titlesize": 12,
            "axes.titlelocation": "left",
            "axes.labelsize": 11,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.axisbelow": True,
            "grid.color": "#E3E3E3",
            "grid.linewidth": 0.8,
            "legend.frameon": False,
            "lines.linewidth": 2.0,
            "axes.prop_cycle": cycler(color=list(COLORS.values())),
        }
    )
    ipython = sys.modules.get("IPython")
    if ipython is not None and ipython.get_ipython() is not None:
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("retina")
