"""The safety net itself is tested: each planted fault must turn a check red.

Faults are planted in a copy. For speed, notebooks are cut after the cell that is to
notice the fault.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CHAPTER = Path("chapters/07_validation.ipynb")
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv*", "_build", ".cache", "__pycache__", ".*_cache", "*.egg-info"
)


@pytest.fixture
def copy(tmp_path):
    """Return a copy of the checkout."""
    return Path(shutil.copytree(ROOT, tmp_path / "book", ignore=LEFT_OUT))


def run(folder, *command):
    """Run a command in the copy, with the copy's own package."""
    return subprocess.run(
        [sys.executable, *map(str, command)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def nbval(folder, notebook=CHAPTER):
    options = ["--nbval", "--nbval-current-env", "-q", "-p", "no:cacheprovider"]
    return run(folder, "-m", "pytest", *options, notebook)


def edit(path, change):
    """Apply a function to the cells of a notebook file."""
    notebook = json.loads(path.read_text("utf-8"))
    notebook["cells"] = change(notebook["cells"])
    path.write_text(json.dumps(notebook), "utf-8")


def cut_after(text):
    """Keep the cells up to the first code cell that contains `text`."""

    def cut(cells):
        code = [c["cell_type"] == "code" for c in cells]
        has = [text in "".join(c["source"]) for c in cells]
        last = next(i for i in range(len(cells)) if code[i] and has[i])
        return cells[: last + 1]

    return cut


def replace_source(old, new):
    """Replace a piece of source text, which must be there exactly once."""

    def replace(cells):
        found = 0
        for cell in cells:
            source = "".join(cell["source"])
            found += source.count(old)
            cell["source"] = source.replace(old, new)
        assert found == 1, f"{old!r} stands {found} times in the notebook"
        return cells

    return replace


# The cell that prints the size and the base rate of both years.
EARLY = "flights = pd.concat"


def test_without_a_fault_the_copy_is_green(copy):
    edit(copy / CHAPTER, cut_after(EARLY))
    done = nbval(copy)
    assert done.returncode == 0, done.stdout


def test_a_changed_stored_number(copy):
    def change(cells):
        output = cells[-1]["outputs"][0]
        text = "".join(output["text"])
        share = re.search(r"0\.\d\d\d", text)[0]
        output["text"] = text.replace(share, f"{float(share) + 0.001:.3f}")
        return cells

    edit(copy / CHAPTER, cut_after(EARLY))
    edit(copy / CHAPTER, change)
    done = nbval(copy)
    assert done.returncode == 1 and "mismatch" in done.stdout


def test_a_changed_constant(copy):
    edit(copy / CHAPTER, cut_after(EARLY))
    edit(copy / CHAPTER, replace_source("LATE = 15", "LATE = 16"))
    assert nbval(copy).returncode == 1


def test_a_corrupted_data_file(copy):
    edit(copy / CHAPTER, cut_after(EARLY))
    path = copy / "datasets/files/flights_2023.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    done = nbval(copy)
    assert done.returncode == 1 and "was altered or cut short" in done.stdout


def test_the_leak_put_back_into_the_honest_split(copy):
    honest = 'return (past["date"] >= first_test_day).to_numpy()'
    leaky = "return random_split(past, np.random.default_rng(0))"
    edit(copy / CHAPTER, cut_after('"7.2"'))
    edit(copy / CHAPTER, replace_source(honest, leaky))
    done = run(copy, "tools/execute.py", CHAPTER)
    assert done.returncode != 0
    assert "Claim 7.2 is broken" in done.stdout


def test_a_broken_link(copy):
    page = copy / "how_to.md"
    page.write_text(page.read_text("utf-8") + "\n[nowhere](nowhere.md)\n", "utf-8")
    done = run(copy, "tools/build_book.py")
    assert done.returncode != 0 and "nowhere" in done.stdout


def test_a_removed_alternative_text(copy):
    def change(cells):
        for cell in cells:
            if "mystnb" in cell["metadata"]:
                del cell["metadata"]["mystnb"]
                return cells
        raise AssertionError("no cell has an alternative text")

    edit(copy / CHAPTER, change)
    done = run(copy, "-m", "pytest", "-q", "tests/test_notebooks.py")
    assert done.returncode == 1 and "mystnb.image.alt" in done.stdout


def test_a_duplicate_claim(copy):
    def change(cells):
        stored = [
            output
            for cell in cells
            for output in cell.get("outputs", [])
            if "mlsd_claim" in output.get("metadata", {})
        ]
        stored[1]["metadata"]["mlsd_claim"]["identifier"] = "7.1"
        return cells

    edit(copy / CHAPTER, change)
    done = run(copy, "-m", "pytest", "-q", "tests/test_notebooks.py")
    assert done.returncode == 1 and "7.1" in done.stdout


def test_another_address_is_noticed_and_written_everywhere(copy):
    config = copy / "_config.yml"
    text = config.read_text("utf-8")
    other = "https://example.org/somebody/copy"
    config.write_text(
        text.replace("https://github.com/mlsd-by-experiment/book", other), "utf-8"
    )
    check = ("-m", "pytest", "-q", "tests/test_address.py")
    assert run(copy, *check).returncode == 1
    assert run(copy, "tools/set_address.py").returncode == 0
    done = run(copy, *check)
    assert done.returncode == 0, done.stdout
