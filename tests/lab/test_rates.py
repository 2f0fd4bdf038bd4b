"""Rates as people type them, and back."""

import pytest

from mazefit.agents.schedules import Exponential, Linear, PerVisit
from mazefit.errors import ConfigError
from mazefit.lab.rates import ends, read_rate, write_rate


@pytest.mark.parametrize(
    ("typed", "rate"),
    [
        ("0.5", 0.5),
        (1, 1.0),
        ("1/N", PerVisit()),
        ("1/n", PerVisit()),
        ("linear:0.5:0.1:200", Linear(0.5, 0.1, episodes=200)),
        ("exponential:0.5:0.99", Exponential(0.5, 0.99)),
        ("exponential:0.5:0.99:0.01", Exponential(0.5, 0.99, 0.01)),
    ],
)
def test_what_is_typed_is_read_and_written_back(typed: object, rate: object):
    assert read_rate(typed) == rate
    assert read_rate(write_rate(read_rate(typed))) == rate


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("many", "expected a number, linear:START:END:EPISODES or exponential:START:DECAY, got 'many'"),
        ("linear:0.5:0.1", "got 'linear:0.5:0.1'"),
        ("liner:0.5:0.1:20", "did you mean 'linear'"),
        ("linear:0.5:0.1:0", "episodes: expected an integer of at least 1, got 0"),
        ("exponential:0.5:2", "decay: expected a number"),
        (True, "got True"),
    ],
)
def test_what_is_no_rate_is_refused(typed: object, sentence: str):
    with pytest.raises(ConfigError, match=sentence):
        read_rate(typed)


def test_the_ends_of_a_rate():
    assert ends(0.3) == (0.3, 0.3)
    assert ends(Linear(0.5, 0.1, episodes=3)) == (0.1, 0.5)
    assert ends(PerVisit()) == (1.0, 1.0)
