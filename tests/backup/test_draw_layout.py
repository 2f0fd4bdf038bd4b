"""Nothing overlaps, nothing is cut off, whatever the tree: over the textbook's pictures and random trees."""

from itertools import pairwise
from math import hypot

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mazefit.backup.draw.figure import Arc, Figure, Line, Text, number, text_width
from mazefit.backup.draw.fold import fold
from mazefit.backup.draw.layout import layout
from mazefit.backup.textbook import TEXTBOOK
from mazefit.backup.tree import Edge, Node
from tests.backup.backup_samples import (
    bump,
    double_q,
    expected_sarsa,
    monte_carlo,
    q_learning,
    slippery,
    td_lambda,
    traced_error,
    tree_backup,
    update,
)

LONG = q_learning([-123.4567, -2345.678912, -1e-7, -99.123456, 3.14159265, -0.1], -123.4567, root="s12344, a6")
PICTURES = {
    **{name: spec.diagram() for name, spec in TEXTBOOK.items()},
    "ties": q_learning([0.0] * 4),
    "long": LONG,
    "bump": bump(),
    "slippery": slippery(),
    "six by three": slippery(6, 3),
    "six by one": slippery(6, 1),
    "expected": expected_sarsa(),
    "tree": tree_backup(4),
    **{f"tree of {n} steps": tree_backup(n) for n in (1, 2, 3, 5, 6, 8)},
    "long tree": tree_backup(30),
    "writes": traced_error(20),
    "two tables": double_q([1.0, 5.0, 2.0], [10.0, -3.0, 99.0]),
    "long episode": monte_carlo(300),
    "columns": td_lambda(4),
    "many columns": td_lambda(30),
    "hundreds of columns": td_lambda(300),
}


def crosses(line: Line, text: Text) -> bool:
    """Whether a stroke runs through the middle part of a text's box."""
    left, top, right, bottom = text.box()
    for i in range(201):
        x = line.x1 + (line.x2 - line.x1) * i / 200
        y = line.y1 + (line.y2 - line.y1) * i / 200
        if left + 1 < x < right - 1 and top + 1.5 < y < bottom - 1.5:
            return True
    return False


def faults(figure: Figure) -> list[str]:
    """What overlaps or sticks out."""
    found: list[str] = []
    boxes = [text.box() for text in figure.texts]
    for i, (left, top, right, bottom) in enumerate(boxes):
        if left < 0 or top < 0 or right > figure.width or bottom > figure.height:
            found.append(f"cut off: {figure.texts[i]}")
        for j in range(i):
            a, b, c, d = boxes[j]
            if left < c - 0.5 and a < right - 0.5 and top < d - 0.5 and b < bottom - 0.5:
                found.append(f"texts: {figure.texts[i]} {figure.texts[j]}")
        for shape in figure.shapes:
            x = min(max(shape.x, left), right)
            y = min(max(shape.y, top + 1), bottom - 1)
            if hypot(x - shape.x, y - shape.y) < shape.radius - 0.5:
                found.append(f"text on node: {figure.texts[i]} {shape}")
        for stroke in figure.strokes:
            if isinstance(stroke, Line) and crosses(stroke, figure.texts[i]):
                found.append(f"text on stroke: {figure.texts[i]} {stroke}")
    nodes = [shape for shape in figure.shapes if shape.kind != "dot"]
    for i, one in enumerate(nodes):
        for other in nodes[:i]:
            if hypot(one.x - other.x, one.y - other.y) < one.radius + other.radius + 3:
                found.append(f"nodes: {one} {other}")
    return found


@pytest.mark.parametrize("name", PICTURES)
def test_nothing_overlaps(name):
    assert faults(layout(PICTURES[name])) == []


@pytest.mark.parametrize("name", ["ties", "many columns", "bump"])
def test_nothing_overlaps_in_korean(name):
    assert faults(layout(PICTURES[name], "ko")) == []


LABELS = st.sampled_from(["", "s4", "a1", "s12345", "상태 12", "a long name"])
NUMBERS = st.sampled_from([0.0, -1.0, -123.456789, 1e-9, 12345678.9, 0.5])


@st.composite
def trees(draw, kind="state", depth=3):
    """Any tree that can be drawn, right or wrong."""
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        terminal = kind == "state" and draw(st.booleans())
        return Node(kind, draw(LABELS), None if terminal else draw(NUMBERS), terminal=terminal)
    below = "action" if kind == "state" else "state"
    combine = draw(st.sampled_from(["sample", "expect", "max"]))
    edges = []
    for _ in range(1 if combine == "sample" else draw(st.integers(1, 4))):
        weight = draw(st.sampled_from([None, 0.25, 1.0, 1 / 3]))
        reward = draw(NUMBERS) if below == "state" else None
        node = draw(trees(below, depth - 1))
        ratio = draw(st.sampled_from([None, None, 2.5]))
        edges.append(
            Edge(node, weight, reward, 0.9 if below == "state" else None, ratio, draw(st.booleans()), draw(st.booleans()))
        )
    return Node(kind, draw(LABELS), combine=combine, edges=tuple(edges), truncated=draw(st.booleans()) and kind == "state")


@settings(max_examples=100, deadline=None)
@given(trees(), st.sampled_from([None, 0.5]))
def test_nothing_overlaps_in_random_trees(root, step_size):
    assert faults(layout(update(root, "random", step_size=step_size))) == []


def test_time_runs_down_and_leaves_are_evenly_spaced():
    figure = layout(q_learning([-123.4567, 0.0, -1.0, -2.0]))
    nodes = [shape for shape in figure.shapes if shape.kind != "dot"]
    assert [shape.kind for shape in nodes] == ["action", "state", *["action"] * 4]
    assert nodes[0].y < nodes[1].y < nodes[2].y
    assert len({shape.y for shape in nodes[2:]}) == 1
    steps = [b.x - a.x for a, b in pairwise(nodes[2:])]
    assert max(steps) - min(steps) < 1e-9
    assert nodes[1].x == pytest.approx((nodes[2].x + nodes[5].x) / 2)


def test_reward_touches_the_arrival_and_weight_stands_above_it():
    figure = layout(slippery())
    arrival = next(shape for shape in figure.shapes if shape.tip == "s1")
    near = sorted((t for t in figure.texts if abs(t.x - arrival.x) < 40 and -45 < t.y - arrival.y < 0), key=lambda t: -t.y)
    assert [text.text for text in near[:2]] == ["r=−1", "p=0.333"]
    assert arrival.y - near[0].y < 20


def test_arc_only_for_a_max_and_it_ends_on_the_outer_edges():
    assert not [s for s in layout(expected_sarsa()).strokes if isinstance(s, Arc)]
    figure = layout(q_learning())
    (arc,) = [stroke for stroke in figure.strokes if isinstance(stroke, Arc)]
    assert hypot(arc.x1 - arc.x, arc.y1 - arc.y) == pytest.approx(arc.radius)
    lines = [s for s in figure.strokes if isinstance(s, Line) and s.y1 == pytest.approx(arc.y)]
    first = min(lines, key=lambda line: line.x2)
    slope = (first.y2 - first.y1) / (first.x2 - first.x1)
    assert (arc.y1 - arc.y) / (arc.x1 - arc.x) == pytest.approx(slope)


def test_winner_is_bold_and_ties_are_doubled():
    def styles(values: list[float]) -> list[str]:
        return [s.style for s in layout(q_learning(values)).strokes if isinstance(s, Line)][1:]

    assert styles([-3.0, -1.0, -2.0]) == ["", "win", ""]
    assert styles([-1.0, -3.0, -1.0]) == ["tie win", "tie win", "", "tie win", "tie win"]


def test_certain_transition_is_light_truncated_state_dashed():
    figure = layout(q_learning(truncated=True))
    assert next(text for text in figure.texts if text.text == "p=1").style == "light"
    assert [shape.style for shape in figure.shapes] == ["", "dashed", "", "", "", ""]


def test_long_ways_are_folded_with_dots():
    figure = layout(monte_carlo(300))
    assert sum(shape.kind == "dot" for shape in figure.shapes) == 3
    assert len(figure.shapes) < 16
    texts = [text.text for text in figure.texts]
    assert "s300" in texts
    assert "s150" not in texts
    short = monte_carlo(4).root
    assert fold(short) is short


def test_many_columns_are_the_first_ones_dots_and_the_last_two():
    figure = layout(td_lambda(300))
    roots = [shape for shape in figure.shapes if shape.tip == "s0"]
    assert len(roots) == 5
    assert sum(shape.kind == "dot" for shape in figure.shapes) == 9  # between the columns, and in the two long ones
    weights = [text.text for text in figure.texts if text.style == "weight"]
    assert weights[:4] == ["0.5", "0.25", "0.125", "…"]
    assert weights[4] == weights[5]
    assert [shape.kind for shape in figure.shapes].count("terminal") == 1
    assert figure.width < 800
    assert figure.height < 900


@pytest.mark.parametrize("steps", [2, 3, 4, 5, 8, 100])
def test_a_way_beside_leaves_runs_straight_down_and_stays_narrow(steps: int):
    figure = layout(tree_backup(steps))
    way = [shape for shape in figure.shapes if shape.kind in ("state", "terminal")]
    assert len({round(shape.x, 6) for shape in way}) == 1
    assert figure.width < 1200


def test_numbers_and_widths():
    assert [number(x) for x in (0.0, -0.0, -3.439, -123.45671, float("inf"), float("nan"))] == [
        "0",
        "0",
        "−3.439",
        "−123.457",
        "∞",
        "nan",
    ]
    assert text_width("상태", 12) > text_width("st", 12) > text_width("il", 12) > 0


def test_the_check_itself_sees_overlaps():
    figure = layout(q_learning())
    assert faults(figure._replace(texts=[*figure.texts, figure.texts[0]._replace(x=figure.texts[0].x + 5)]))
    assert faults(figure._replace(width=60.0))
    on_edge = Text((figure.strokes[0].x1 + figure.strokes[0].x2) / 2, figure.strokes[0].y1 + 20, "xxxx", anchor="middle")
    assert faults(figure._replace(texts=[on_edge]))
