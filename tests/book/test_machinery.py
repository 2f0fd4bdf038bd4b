"""Lines, claims and the page; exact expectations by hand; the command line."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.append(str(ROOT))

from book import exact as expectation
from book.entry import FIGURES, Claim, Result
from book.lines import Line, exact, sampled
from book.page import anchor, number, page
from book.table_of_contents import load
from book.worlds.grids import cliff, dyna_maze, windy
from book.worlds.walks import random_walk


def test_a_line_holds_within_what_is_allowed():
    assert exact("x", 1.0, 1.0, "").holds
    assert not exact("x", 1.0 + 2e-9, 1.0, "").holds
    assert Line("x", 3.0).holds
    values = [1.0, 2.0, 3.0]  # mean 2, s.e. 1/√3 = 0.577
    line = sampled("x", values, 2.0 + 1.73)
    assert line.se == pytest.approx(3**-0.5)
    assert line.holds
    assert not sampled("x", values, 2.0 + 1.74).holds
    assert sampled("x", values, 2.0 + 1.74 * 2**0.5 - 0.02, of=3).holds
    assert not Line("x", float("nan"), 0.0, 1.0).holds


def test_the_verdict_says_what_fell():
    good, bad = Claim("a", True), Claim("b", False)
    assert Result([], [good]).verdict == "holds"
    assert Result([], [good, bad]).verdict == "holds in part"
    assert Result([], [bad]).verdict == "does not hold"
    assert Result([], [bad]).faults() == ["b: False"]
    assert Result([], [Claim("b", False, expected=False)]).sound
    assert not Result([], [Claim("b", True, expected=False)]).sound
    assert Result([exact("x", 1.0, 2.0, "")], [good]).faults() == ["x: 1, not 2 ± 2e-09"]


def test_expectations_of_the_smallest_walk_by_hand():
    walk = random_walk(3, 0.0, 1.0)
    policy = expectation.uniform(walk)
    np.testing.assert_allclose(expectation.policy_value(walk, policy)[1:4], [0.25, 0.5, 0.75])
    np.testing.assert_allclose(expectation.expected_steps(walk, policy)[1:4], [3.0, 4.0, 3.0])  # i (4 - i)


def test_the_worlds_have_their_shortest_paths():
    for world, steps in ((cliff(), 13), (windy(), 15), (dyna_maze(), 14)):
        from mazefit.agents import solve

        assert expectation.greedy_steps(world, solve(world, 0.99).optimal_actions) == steps


def test_a_soft_world_with_no_exploring_is_the_world():
    from mazefit.agents import solve

    np.testing.assert_allclose(solve(expectation.soft_world(cliff(), 0.0)).v, solve(cliff()).v)


def test_numbers_stop_where_the_error_begins():
    assert number(1.23456, 0.012) == "1.235"
    assert number(160.4, 2.5) == "160"
    assert number(1 / 3, 0) == "0.333333"


def test_the_page_names_what_missed():
    load()
    entry = FIGURES["example-6.4"]
    text = page([(entry, Result([exact("x", 1.0, 2.0, "by hand")], [Claim("so", False)]))])
    assert "**missed**" in text
    assert "0 of 1" in text
    assert "Does not hold: so" in text
    assert anchor("Figure 3.2: values of v_π") == "figure-32-values-of-v_π"


def test_the_page_in_docs_is_of_these_figures():
    text = (ROOT / "docs/book.md").read_text(encoding="utf-8")
    load()
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == [entry.title for entry in FIGURES.values()]
    assert "**missed**" not in text


def test_the_command(tmp_path):
    def run(*words):
        return subprocess.run([sys.executable, "-m", "book", *words], cwd=ROOT, capture_output=True, text=True, check=False)

    done = run("--quick", "--only", "example-6.4,figure-4.1", "--out", str(tmp_path / "page.md"))
    assert done.returncode == 0, done.stderr
    assert "V(A)" in (tmp_path / "page.md").read_text(encoding="utf-8")
    assert "figure-12.8" in run("--list").stdout
    assert run("--only", "figure-99").returncode == 2
