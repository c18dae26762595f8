"""What every notebook of the book imports: data, claims and the figure style.

Importing the package pins the numerical libraries to one thread, so that results
repeat and notebooks that run side by side do not wait for each other. It must
therefore be imported before numpy, scikit-learn or any of their friends.
"""

import os as _os

for _name in (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
):
    _os.environ.setdefault(_name, "1")

from mlsd._claims import Claim, ClaimBroken, claim  # noqa: E402
from mlsd._data import DataError, datasets, load  # noqa: E402
from mlsd._style import COLORS, set_style  # noqa: E402

__all__ = [
    "COLORS",
    "Claim",
    "ClaimBroken",
    "DataError",
    "claim",
    "datasets",
    "load",
    "set_style",
]
__version__ = "0.1.0"
