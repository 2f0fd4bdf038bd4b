"""What stands below the equation: what an update rests on, and what else its TD error wrote, in every format."""

from dataclasses import replace

import pytest

from mazefit.backup.draw import to_dot, to_html, to_png, to_svg, to_text
from mazefit.backup.draw.equation import equations
from mazefit.backup.draw.layout import layout
from mazefit.backup.draw.notes import MOST, notes
from mazefit.backup.draw.words import WORDS
from mazefit.backup.tree import Write
from tests.backup.backup_samples import q_learning, traced_error
from tests.backup.test_draw_layout import faults
from tests.backup.textbook_samples import RIGHT

EN, KO = WORDS["en"], WORDS["ko"]
PLANNED = q_learning(source="planning", cause=37, priority=0.52, bonus=0.1)


def test_what_a_planning_update_rests_on_is_one_line():
    line = "rests on real step 37  ·  priority 0.52  ·  r holds the bonus κ√τ = 0.1"
    assert notes(PLANNED, EN).origin == line
    assert line in to_text(PLANNED)
    assert line in to_svg(PLANNED)
    assert line in to_html(PLANNED)
    assert line in to_dot(PLANNED)
    assert "· planning ·" in to_text(PLANNED).splitlines()[0]
    assert notes(PLANNED, KO).origin == "바탕이 된 실제 경험: 스텝 37  ·  우선순위 0.52  ·  r에 포함된 보너스 κ√τ = 0.1"
    assert "· 계획 ·" in to_text(PLANNED, "ko").splitlines()[0]


def test_step_number_0_is_a_cause_and_priority_0_a_priority():
    assert notes(q_learning(cause=0, priority=0.0), EN).origin == "rests on real step 0  ·  priority 0"


def test_without_notes_nothing_is_added():
    assert notes(q_learning(), EN) == ("", "", [], "")
    assert "eligibility" not in to_text(q_learning())


def test_writes_as_text():
    assert to_text(traced_error(3)).split("\n\n")[-1] == (
        "written by this TD error, each by its eligibility e\n"
        "  s4, a1   e=1       −2 → −2.625\n"
        "  s11, a2  e=0.81    −3 → −3.50625\n"
        "  s12, a3  e=0.6561  −4 → −4.41006\n"
    )


@pytest.mark.parametrize("cells", [1, MOST, MOST + 1, 500])
def test_at_most_so_many_writes_are_listed_and_the_rest_is_counted(cells: int):
    found = notes(traced_error(cells), EN)
    assert len(found.rows) == min(cells, MOST)
    assert found.rest == (f"+ {cells - MOST} more" if cells > MOST else "")
    assert notes(traced_error(500), KO).rest == "외 492개"


def test_the_largest_eligibilities_come_first_and_ties_keep_their_order():
    writes = (Write("b", 0.25, 0.0, 1.0), Write("c", 1.0, 0.0, 1.0), Write("a", 0.25, 0.0, 1.0), Write("d", -2.0, 0.0, 1.0))
    assert [row[0] for row in notes(replace(traced_error(), writes=writes), EN).rows] == ["d", "c", "b", "a"]


def test_tables_are_named_where_there_are_several():
    writes = (Write("s1", 1.0, 0.0, 1.0), Write("s1", 0.5, 0.0, 1.0, table=1))
    assert [row[0] for row in notes(replace(traced_error(), writes=writes), EN).rows] == ["s1 (table 1)", "s1 (table 2)"]


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("backup", [PLANNED, traced_error(1), traced_error(12, cause=3), *RIGHT["True online TD(lambda)"]])
def test_nothing_overlaps(backup, lang):
    assert faults(layout(backup, lang)) == []


def test_the_list_is_in_the_png_too():
    assert to_png(traced_error(3)) != to_png(traced_error(2))


def test_labels_in_writes_cannot_break_out():
    backup = replace(traced_error(), writes=(Write('"><script>alert(1)</script>\x1b[31m', 1.0, 0.0, 1.0),))
    assert "<script" not in to_svg(backup)
    assert "<script>alert" not in to_html(backup)
    assert "\x1b" not in to_text(backup)


def test_the_equation_says_what_the_step_size_is_made_of():
    backup = traced_error(1)
    assert equations(backup)[1] == "new = old + α·(target − old) = −2 + 0.5·(−3.25 − (−2)) = −2.625"
    share = replace(backup, writes=(replace(backup.writes[0], eligibility=2.0),))
    error = backup.td_error
    apart = replace(share, new=-2.0 + (0.5 * 2.0) * error)  # step size and eligibility told apart
    assert equations(apart)[1] == "new = old + α·e·(target − old) = −2 + 0.5·2·(−3.25 − (−2)) = −3.25"
    within = replace(share, step_size=1.0, new=-2.0 + 1.0 * error)
    assert equations(within)[1] == "new = old + α·e·(target − old) = −2 + 1·(−3.25 − (−2)) = −3.25"
    assert "α·e=1" in to_text(within)
    assert "α·ρ=0.25" in to_text(RIGHT["Off-policy n-step Sarsa"][0])


def test_the_equation_of_a_true_online_update():
    (first, second), online = equations(RIGHT["True online TD(lambda)"][0])[1:], RIGHT["True online TD(lambda)"][0]
    assert first == "d = old − V_old = −2 − (−2.5) = 0.5"
    assert second.startswith("new = old + α·(e·(δ + d) − d) = −2 + 0.25·(1·(−0.8 + 0.5) − 0.5) = ")
    assert online.new == pytest.approx(-2 + 0.25 * (1.0 * (-0.8 + 0.5) - 0.5))
    assert "d = 옛 값 − Q_old" in equations(RIGHT["True online Sarsa(lambda)"][0], KO)[1]
