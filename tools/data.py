"""Rebuild the data files from their sources, recipe by recipe: ``make data``."""

from __future__ import annotations

import argparse
import importlib
import sys
from typing import Any

from tools import catalogue


def build(recipe: str) -> dict[str, Any]:
    """Return the tables of one recipe by name, as its function ``build`` makes them."""
    tables: dict[str, Any] = importlib.import_module(
        f"datasets.recipes.{recipe}"
    ).build()
    return tables


def main() -> None:
    """Run the recipes named on the command line, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipes", nargs="*", help="names of files in datasets/recipes")
    known = [path.stem for path in catalogue.recipes()]
    chosen = parser.parse_args().recipes or known
    if unknown := [name for name in chosen if name not in known]:
        sys.exit(f"There is no recipe {unknown[0]!r}. Choose from: {', '.join(known)}.")
    write = importlib.import_module("datasets.recipes.common").write
    for recipe in chosen:
        for name, table in build(recipe).items():
            write(name, table, recipe)


if __name__ == "__main__":
    main()
