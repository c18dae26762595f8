"""The repository's address is set in _config.yml, and every other place follows it."""

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))
from set_address import address, places, with_address  # noqa: E402


@pytest.mark.parametrize("path", places(), ids=lambda path: path.name)
def test_the_address_is_that_of_the_configuration(path):
    text = path.read_text("utf-8")
    assert text == with_address(path, address()), "run `make address`"
    assert address() in text, "the file does not name the address at all"
    named = r"(?:git clone |install -q git\+|(?:code|url): (?=http))"
    cloned = re.findall(named + r"([^\s\\\"]+)", text)
    assert set(cloned) == {address()}
