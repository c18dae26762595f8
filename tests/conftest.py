"""The built book, which several test modules need."""

import pytest
from support import problem_of_build


@pytest.fixture(scope="session")
def said():
    """The problems that a test has failed with already."""
    return set()


@pytest.fixture
def built(said):
    """Fail with one clear sentence unless the book is built; then skip the others."""
    problem = problem_of_build()
    if problem in said:
        pytest.skip("the book is not built")
    if problem:
        said.add(problem)
        pytest.fail(problem, pytrace=False)
