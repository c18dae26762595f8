"""The safety net itself is tested: each planted fault must turn a check red.

Faults are planted in a small book (``small_book``), whose notebooks run in seconds.
"""

import json
import re
import shutil

import pytest
from small_book import CASE, CHAPTER, run, small_book

CASE_STEM, CHAPTER_STEM = "q01_dice", "08_dice"


@pytest.fixture(scope="session")
def pristine(tmp_path_factory):
    return small_book(tmp_path_factory.mktemp("small") / "book")


@pytest.fixture
def copy(pristine, tmp_path):
    """Return a copy of the small book."""
    return shutil.copytree(pristine, tmp_path / "book")


def run_notebook(folder, notebook=CHAPTER_STEM):
    return run(folder, "-m", "tools.run_notebooks", notebook)


def look_at_notebooks(folder, *options):
    options = ("-q", "-p", "no:cacheprovider", *options)
    return run(folder, "-m", "pytest", *options, "tests/test_notebooks.py")


def edit(path, change):
    """Apply a function to the cells of a notebook file."""
    notebook = json.loads(path.read_text("utf-8"))
    change(notebook["cells"])
    path.write_text(json.dumps(notebook), "utf-8")


def replace(path, old, new):
    """Replace a piece of source text, which must be there exactly once."""

    def change(cells):
        times = 0
        for cell in cells:
            source = "".join(cell["source"])
            times += source.count(old)
            cell["source"] = source.replace(old, new)
        assert times == 1, f"{old!r} stands {times} times in the notebook"

    edit(path, change)


def stored_claims(cells):
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return [o["metadata"] for o in outputs if "mlsd_claim" in o.get("metadata", {})]


def test_without_a_fault_the_small_book_is_green(copy):
    for stem in (CHAPTER_STEM, CASE_STEM):
        done = run_notebook(copy, stem)
        assert done.returncode == 0, done.stdout
    done = look_at_notebooks(copy)
    assert done.returncode == 0, done.stdout


def test_a_changed_stored_number(copy):
    def change(cells):
        output = next(c for c in cells if c.get("outputs"))["outputs"][0]
        text = "".join(output["text"])
        share = re.search(r"0\.\d\d\d", text)[0]
        output["text"] = text.replace(share, f"{float(share) + 0.001:.3f}")

    edit(copy / CHAPTER, change)
    done = run_notebook(copy)
    assert done.returncode == 1 and "mismatch" in done.stdout


def test_a_changed_constant(copy):
    replace(copy / CHAPTER, ".round(3)", ".round(2)")
    assert run_notebook(copy).returncode == 1


def test_a_corrupted_data_file(copy):
    path = copy / "datasets/files/dice.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    done = run_notebook(copy)
    assert done.returncode == 1 and "was altered or cut short" in done.stdout


def test_a_broken_claim(copy):
    replace(copy / CHAPTER, "    share,\n", "    share + 0.2,\n")
    done = run(copy, "-m", "tools.execute", CHAPTER)
    assert done.returncode != 0
    assert "Claim 8.1 is broken" in done.stdout


def test_a_rival_that_keeps_the_bound(copy):
    replace(copy / CHAPTER, '("a die that owes a six", 0.5)', '("another die", 0.2)')
    done = run(copy, "-m", "tools.execute", CHAPTER)
    assert done.returncode != 0
    assert "Claim 8.1 proves nothing" in done.stdout


def test_claims_without_rivals(copy):
    def change(cells):
        for metadata in stored_claims(cells):
            metadata["mlsd_claim"]["rival"] = None

    edit(copy / CHAPTER, change)
    done = look_at_notebooks(copy, "-k", "rival")
    assert done.returncode == 1 and "0 of 1 claims name a rival" in done.stdout


def test_a_gate_that_fails(copy):
    replace(copy / CASE, 'mlsd.gate("pilot", 60,', 'mlsd.gate("pilot", 20,')
    done = run(copy, "-m", "tools.execute", CASE)
    assert done.returncode != 0 and "Gate failed, the pilot reaches" in done.stdout


def test_a_gate_that_is_left_out(copy):
    def change(cells):
        for cell in cells:
            for output in cell.get("outputs", []):
                if "text" in output:
                    lines = "".join(output["text"]).splitlines(keepends=True)
                    output["text"] = [row for row in lines if "marginal" not in row]

    edit(copy / CASE, change)
    done = look_at_notebooks(copy, "-k", "gates")
    assert done.returncode == 1 and "mlsd.gate('marginal', …)" in done.stdout


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("return float(secret", "return 2 * float(secret", "published solution fails"),
        ('"a share lies between 0 and 1"', '"no"', "the message does not help"),
        ("assert one != six,", "assert one == one,", "no check notices the mistake"),
    ],
)
def test_an_exercise_that_does_not_judge_rightly(copy, old, new, message):
    replace(copy / CHAPTER, old, new)
    if "assert" in old:  # the further checks would notice it as well
        replace(copy / CHAPTER, "abs(total - 1) < 1e-9", "total >= 0")
        replace(copy / CHAPTER, 'share_of(dice["eyes"], 7) == 0', "True")
    done = run_notebook(copy)
    assert done.returncode == 1 and message in done.stdout, done.stdout


def test_a_broken_link(copy):
    page = copy / "how_to.md"
    page.write_text(page.read_text("utf-8") + "\n[nowhere](nowhere.md)\n", "utf-8")
    done = run(copy, "-m", "tools.build_book")
    assert done.returncode != 0 and "nowhere" in done.stdout


def test_a_removed_alternative_text(copy):
    def change(cells):
        cell = next(cell for cell in cells if "mystnb" in cell["metadata"])
        del cell["metadata"]["mystnb"]

    edit(copy / CHAPTER, change)
    done = look_at_notebooks(copy)
    assert done.returncode == 1 and "mystnb.image.alt" in done.stdout


def test_a_claim_under_another_number(copy):
    def change(cells):
        stored_claims(cells)[0]["mlsd_claim"]["identifier"] = "8.7"

    edit(copy / CHAPTER, change)
    done = look_at_notebooks(copy)
    assert done.returncode == 1 and "number the claims ['8.1']" in done.stdout


def test_another_address_is_noticed_and_written_everywhere(copy):
    config = copy / "_config.yml"
    text = config.read_text("utf-8")
    other = "https://example.org/somebody/copy"
    config.write_text(
        text.replace("https://github.com/mlsd-by-experiment/book", other), "utf-8"
    )
    check = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_address.py")
    assert run(copy, *check).returncode == 1
    assert run(copy, "-m", "tools.set_address").returncode == 0
    done = run(copy, *check)
    assert done.returncode == 0, done.stdout
