"""Updates of parameters as backups of depth 0: a root with nothing below, drawn in every format and held against its rule."""

import pytest

from mazefit.backup.parameter import FITTING, read_parameter
from mazefit.errors import SpecError

DETAILS = {"step_size": 0.1, "target": -1.5, "old": 0.5, "new": 0.5 + 0.1 * (-1.5 - 0.5), "episode": None}


def backup(name: str = "Adam", **other: float):
    return read_parameter(FITTING[name], ("w", "b"), (1, 2.0), 7, {**DETAILS, **other})


@pytest.mark.parametrize("name", FITTING)
def test_a_row_as_a_backup(name: str):
    read = backup(name)
    assert (read.root.label, read.root.kind, read.branches, read.evaluate()) == ("b", "state", (), -1.5)
    assert (read.target, read.td_error, read.old, read.step_size, read.step, read.algorithm) == (-1.5, -2.0, 0.5, 0.1, 3, name)
    FITTING[name].check(read)


@pytest.mark.parametrize(
    ("other", "sentence"),
    [({"new": 0.3000001}, "new is 0.3000001, expected old"), ({"target": -1.4}, "new is .*, expected old")],
)
def test_wrong_numbers_are_found(other: dict, sentence: str):
    with pytest.raises(SpecError, match=sentence):
        FITTING["Adam"].check(backup(**other))


def test_a_tree_of_another_rule_is_found():
    from mazefit.backup.textbook import TEXTBOOK
    from tests.backup.backup_samples import q_learning

    with pytest.raises(SpecError, match=r"the root .* is of kind 'action', expected 'state'"):
        FITTING["Adam"].check(q_learning())
    with pytest.raises(SpecError, match="is of kind 'state', expected 'action'"):
        TEXTBOOK["Q-learning"].check(backup())
    with pytest.raises(SpecError, match="the leaf 'b' stands at depth 0, where the rule does not bootstrap"):
        TEXTBOOK["TD(0)"].check(backup())


def test_text():
    assert backup().draw("text").splitlines() == [
        "Adam · update 7 · step 3",
        "",
        "○ b   0.5 → 0.3   δ=−2  α=0.1",
        "",
        "target = b − d = 0.5 − 2 = −1.5",
        "new = old + α·(target − old) = 0.5 + 0.1·(−1.5 − 0.5) = 0.3",
    ]
    up = backup(target=2.5, new=0.5 + 0.1 * 2.0)
    assert "target = b − d = 0.5 − (−2) = 2.5" in up.draw("text")
    assert "목표 = b − d = 0.5 − 2 = −1.5" in backup().draw("text", lang="ko")


@pytest.mark.parametrize("name", FITTING)
def test_the_textbook_picture(name: str):
    picture = FITTING[name].diagram()
    lines = picture.draw("text").splitlines()
    assert lines[:3] == [name, "", "○ w"]
    assert "w ← w + α [ (w − d) − w ]" in lines[4]
    assert picture.draw("svg").count('<circle class="state ') == 1


def test_every_other_format():
    svg = backup().draw("svg")
    assert svg.count("<circle") == 1
    assert "<path" not in svg
    for words in (">b<", ">0.5 → 0.3<", ">δ=−2  α=0.1<", ">target = b − d = 0.5 − 2 = −1.5<"):
        assert words in svg
    assert backup().draw("png")[:8] == b"\x89PNG\r\n\x1a\n"
    assert backup().draw("dot").count("->") == 0
    assert "target = b − d" in backup().draw("html")
