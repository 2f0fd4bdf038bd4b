"""Every figure of the book: its reduced form always, its full form with `make test-slow`."""

import sys
from pathlib import Path

import pytest

# The book lives in the checkout alone; put at the end, so that an installed mazefit comes first.
sys.path.append(str(Path(__file__).resolve().parent.parent.parent))

from book.entry import FIGURES, Plan
from book.table_of_contents import load

load()


@pytest.mark.parametrize("name", list(FIGURES))
def test_reduced(name):
    result = FIGURES[name].compute(Plan(quick=True))
    assert result.faults() == []
    assert result.claims
    assert any(line.reference is not None for line in result.lines)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(FIGURES))
def test_full(name):
    assert FIGURES[name].compute(Plan()).faults() == []


def test_there_are_enough():
    assert len(FIGURES) >= 25
