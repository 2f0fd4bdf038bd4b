"""Classic mistakes, planted one at a time: of each it is known which checks fall, and without one none does.

The mistakes stand in tests/planted/bugs.py, the checks in tests/planted/checks.py: the diagram's spec on every traced update,
the book's box done again by other code, replay, what rows say of ends and of each other, choices, exact values, printed tables,
identities. More of them are planted in tests/agents/learning/test_eligibility_planted_bugs.py and test_n_step_planted_bugs.py.
"""

import pytest

from tests.planted.bugs import BUGS
from tests.planted.checks import CASES, Witness
from tests.planted.plant import Bug, plant


@pytest.mark.parametrize("case", CASES)
def test_as_the_code_stands_no_check_falls(case: str) -> None:
    witness = Witness(CASES[case])
    assert witness.fallen() == set()
    assert len(witness.names()) >= 3


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_mistake_is_seen_by_just_these_checks(bug: Bug, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, bug)
    assert Witness(CASES[bug.case]).fallen() == bug.falls
    assert bug.falls


def test_the_table_is_whole() -> None:
    assert len(BUGS) >= 35
    assert len({bug.name for bug in BUGS}) == len(BUGS)
    assert {bug.case for bug in BUGS} == set(CASES)  # no case without a mistake that it shows
    assert {name for bug in BUGS for name in bug.falls} == {
        name for case in CASES.values() for name in Witness(case).names() if name != "limit"
    }  # every check has seen something; but the limit of the sweeps is the same in place
    assert sum(bool(bug.wild) for bug in BUGS) >= 7


def test_what_is_planted_is_gone_again(monkeypatch: pytest.MonkeyPatch) -> None:
    for bug in [bug for bug in BUGS if bug.case in ("policy evaluation", "monte carlo", "n-step td")]:
        with monkeypatch.context() as patch:
            plant(patch, bug)
            assert Witness(CASES[bug.case]).fallen()
        assert not Witness(CASES[bug.case]).fallen()
