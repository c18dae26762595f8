"""Stop with one clear sentence where the book cannot be built.

This file must run on any Python 3, so that an old one gets the sentence, too.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "This book needs Python 3.11 or newer, and %s is Python %d.%d: "
        "run make with PYTHON=python3.11 or newer."
        % (sys.executable, sys.version_info[0], sys.version_info[1])
    )
try:
    import ensurepip  # noqa: F401
    import venv  # noqa: F401
except ImportError:
    sys.exit(
        "%s cannot make virtual environments: install the package python3-venv "
        "of your system, or run make with another PYTHON=." % sys.executable
    )
