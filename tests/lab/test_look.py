"""Backup diagrams below a state and below a pair (s, a)."""

import numpy as np
import pytest

from mazefit.agents import solve
from mazefit.backup.tree import evaluate
from mazefit.envs.maze import Maze
from mazefit.lab.guide import Guide
from mazefit.lab.look import Look, look_at
from tests.lab.walks import pressed, text


def test_b_draws_the_state_with_pi_and_rewards_on_arrival() -> None:
    assert text(pressed("sdb")).split("\n") == [
        "Backup diagram of s4 · policy: exact optimum",
        "",
        "               ○ s4",
        "┌─────────┬────┴────┬─────────┐",
        "│ π=0     ║ π=0.5   ║ π=0.5   │ π=0",
        "● a1  −3  ● a2  −1  ● a3  −1  ● a4  −3",
        "│ p=1     │ p=1     │ p=1     │ p=1",
        "│ r=−1    │ r=−1    │ r=−1    │ r=−1",
        "○         ○         ○         ○",
        "s1        s5        s7        s3",
        "−2        0         0         −2",
        "",
        "Any key goes on.",
    ]


def test_3b_is_three_arrivals_deep() -> None:
    lines = pressed("sd3b").answer(200, 200)
    drawn = "\n".join(lines)
    for state in ("s1", "s5", "s7", "s3", "s2", "s4", "s6"):
        assert state in drawn
    # 4 arrivals, then 4 of the 6 that the policy takes (2 are the goal), then 6 more
    assert (drawn.count("r=−1"), drawn.count("r=0"), drawn.count("□")) == (14, 2, 2)
    assert (drawn.count("π=0\n") + drawn.count("π=0 "), drawn.count("π=0.5")) == (2, 10)
    assert lines[-3] == "Below the first arrivals only actions with π > 0 are drawn."
    assert not any("no room" in line for line in lines)


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
def test_a_diagram_backs_up_the_exact_values(depth: int) -> None:
    session = pressed("", Maze.named("dyna"), discount=0.9)
    exact = solve(session.scene.mdp, 0.9)
    for state in (18, 4, 17):
        assert evaluate(look_at(session.scene, Look(state, None, depth), depth).root) == pytest.approx(
            exact.v[state], abs=1e-12
        )
        for action in range(4):
            root = look_at(session.scene, Look(state, action, depth), depth).root
            assert evaluate(root) == pytest.approx(exact.q[state, action], abs=1e-12)
    assert look_at(session.scene, Look(18, None, depth), depth).root.edges[0].weight == 0.0


def test_a_diagram_that_does_not_fit_is_cut_and_says_so() -> None:
    assert "Depth 2 instead of 3: there is no room for more." in pressed("sd3b").frame(80, 24).lines
    assert "Depth 1 instead of 3: there is no room for more." in pressed("sd3b").frame(60, 16).lines
    assert not any("instead" in line for line in pressed("sd3b").frame(80, 60).lines)
    deep = "\n".join(pressed("99b").answer(400, 400))
    assert "instead of 99" in deep


def test_large_b_draws_the_last_pair_or_the_greedy_one() -> None:
    assert "● s0, a2" in text(pressed("B"))
    after_step = text(pressed("sdwB"))
    assert "(s4, a1)" in after_step
    assert "● s4, a1\n│ p=1\n│ r=−1\n○\ns1\n−2" in after_step
    assert "○ s1" in text(pressed("sdw2B"))
    at_goal = text(pressed("ddssB"))
    assert "● s5, a3\n│ p=1\n│ r=0\n□\ns8" in at_goal
    assert text(pressed("ddssb")).split("\n")[2:4] == ["□ s8", ""]


def test_a_number_is_forgotten_by_another_key() -> None:
    session = pressed("3")
    assert session.answer(80, 24) == ["Depth 3: now press b or B."]
    for key in "vb":
        session.press(key)
    assert "instead" not in text(session)
    assert "Below the first" not in text(session)
    assert text(pressed("0b")) == text(pressed("b"))


def test_a_step_is_taken_from_below_a_diagram() -> None:
    session = pressed("bd")
    assert session.place.state == 1
    assert "Next state" in text(session)
    assert "Next state" in text(pressed(["?", "enter"]))


def test_a_policy_that_takes_everything_is_drawn_as_deep_as_can_be_read() -> None:
    undecided = Guide("untrained", np.zeros((54, 4)), np.zeros(54))
    lines = pressed("5b", Maze.named("dyna"), guide=undecided).answer(2000, 2000)
    assert lines[-3] == "Depth 3 instead of 5: there is no room for more."
    assert "\n".join(lines).count("π=0.25") == 4 + 16 + 64
