"""What matplotlib draws on when a page runs: every figure becomes an output, as PNG."""

from __future__ import annotations

import base64
import io
from typing import Any

from matplotlib._pylab_helpers import Gcf
from matplotlib.backends.backend_agg import FigureCanvasAgg as FigureCanvas
from matplotlib.figure import Figure

__all__ = ["FigureCanvas", "figure", "show", "sharpness"]

sharpness = {"pixels": 1}  # of the picture for each pixel of the page; 2 is "retina"


def figure(shown: Figure) -> dict[str, Any]:
    """Return a figure as an output, cut and sized as Jupyter does it."""
    file, dots = io.BytesIO(), sharpness["pixels"] * shown.dpi
    color = shown.get_facecolor()
    shown.savefig(file, format="png", dpi=dots, bbox_inches="tight", facecolor=color)
    content = file.getvalue()
    width, height = (int.from_bytes(content[i : i + 4], "big") for i in (16, 20))
    size = {
        "width": width // sharpness["pixels"],
        "height": height // sharpness["pixels"],
    }
    return {
        "output_type": "display_data",
        "data": {
            "image/png": base64.b64encode(content).decode(),
            "text/plain": repr(shown),
        },
        "metadata": {"image/png": size},
    }


def show(*_: Any, **__: Any) -> None:
    """Hand out all open figures in the order of their making, and close them."""
    from inpage import cells

    for manager in Gcf.get_all_fig_managers():
        cells.NOTEBOOK.outputs.append(figure(manager.canvas.figure))
    Gcf.destroy_all()
