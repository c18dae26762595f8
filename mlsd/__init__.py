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

from mlsd._claims import (  # noqa: E402
    GATES,
    Claim,
    ClaimBroken,
    ClaimTooWeak,
    GateFailed,
    claim,
    gate,
)
from mlsd._costs import (  # noqa: E402
    batch_hours,
    latencies,
    mean_wait,
    monthly_cost,
    servers_needed,
    threshold,
)
from mlsd._data import DataError, datasets, load  # noqa: E402
from mlsd._diagram import diagram  # noqa: E402
from mlsd._document import DesignDocument, Number  # noqa: E402
from mlsd._intervals import (  # noqa: E402
    Estimate,
    cluster_bootstrap,
    interval,
    mean_of_repeats,
    paired_difference,
)
from mlsd._review import Remark, review, template  # noqa: E402
from mlsd._style import COLORS, set_style  # noqa: E402

__all__ = [
    "COLORS", "GATES", "Claim", "ClaimBroken", "ClaimTooWeak", "DataError",
    "DesignDocument", "Estimate", "GateFailed", "Number", "Remark", "batch_hours",
    "claim", "cluster_bootstrap", "datasets", "diagram", "gate", "interval",
    "latencies", "load", "mean_of_repeats", "mean_wait", "monthly_cost",
    "paired_difference", "review", "servers_needed", "set_style", "template",
    "threshold",
]  # fmt: skip
__version__ = "0.1.0"
