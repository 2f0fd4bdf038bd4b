"""A network drawn as nodes and links: what is seen is what was given, nothing overlaps, nothing is cut off."""

import re
from itertools import pairwise

import matplotlib
import numpy as np
import pytest
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.figure import Figure

from mazefit.errors import ConfigError
from mazefit.plots import png_bytes, svg_bytes
from mazefit.plots.fonts import korean_font
from mazefit.plots.network import draw_network, network
from mazefit.plots.network_drawing import THICK, THIN
from mazefit.plots.network_layout import column
from mazefit.plots.sheet import sheet
from tests.plots.seen import cut_off, overlapping, texts

SIZES = [
    (1, 1),
    (1, 2, 1),
    (1, 10, 1),
    (1, 5, 10, 10, 10, 5, 1),
    (784, 100, 30, 10),
    (2, 1, 2),
    (300, 1),
    (3, 11, 2),
    (2,) * 20,
]


def arrays(sizes: tuple[int, ...]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    rng = np.random.default_rng(0)
    pairs = list(pairwise(sizes))
    return [rng.normal(size=pair) for pair in pairs], [rng.normal(size=right) for _, right in pairs]


def drawn(sizes: tuple[int, ...], language: str = "en", activation: str | None = "tanh") -> Figure:
    weights, biases = arrays(sizes)
    return network(sizes, weights=weights, biases=biases, activation=activation, language=language)


def links(figure: Figure) -> list[LineCollection]:
    return [one for one in figure.axes[0].collections if isinstance(one, LineCollection)]


def words(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("sizes", SIZES, ids=lambda sizes: "-".join(map(str, sizes)))
def test_nothing_is_cut_off_or_overlaps(sizes: tuple[int, ...], language: str):
    for figure in (drawn(sizes, language, "leaky ReLU"), network(sizes, language=language, batch=5000)):
        assert cut_off(figure) == overlapping(figure) == []


def test_every_weight_has_its_link_with_its_colour_and_thickness():
    weights, biases = arrays((2, 3, 1))
    weights[0] = np.array([[0.0, 4.0, -4.0], [1.0, -2.0, 0.5]])
    weights[1] *= 0.1
    (first, _, scale) = links(network((2, 3, 1), weights=weights, biases=biases))
    ends = np.array(first.get_segments())  # [6, 2, 2]
    assert len(ends) == 6
    inputs, hidden = sorted({y for (_, y), _ in ends}, reverse=True), sorted({y for _, (_, y) in ends}, reverse=True)
    seen = {(inputs.index(left), hidden.index(right)): k for k, ((_, left), (_, right)) in enumerate(ends)}
    wide, colours = first.get_linewidths(), first.get_colors()
    by_weight = sorted(seen, key=lambda pair: abs(weights[0][pair]))
    assert [seen[pair] for pair in by_weight] == [0, 1, 2, 3, *sorted(seen[pair] for pair in by_weight[4:])]  # heaviest on top
    assert wide[seen[0, 1]] == wide[seen[0, 2]] == max(wide)
    assert np.diff([wide[seen[pair]] for pair in by_weight]).min() == 0
    assert colours[seen[0, 1]][0] > colours[seen[0, 1]][2]  # orange above zero
    assert colours[seen[0, 2]][0] < colours[seen[0, 2]][2]  # blue below
    assert np.ptp(colours[seen[0, 0]][:3]) < 0.05  # grey at zero
    assert len(scale.get_segments()) == 5


def test_weights_of_a_fan_are_written_and_biases_stand_in_their_nodes():
    seen = words(network((1, 2, 1), weights=[[[1.5, -0.25]], [[2.0], [0.125]]], biases=[[0.75, -0.5], [-3.0]]))
    assert {"1.5", "−0.25", "2", "0.12", "0.75", "−0.5", "−3"} <= set(seen)
    assert {"weight of a link, bias of a node", "0", "−1.5", "3"} <= set(seen)  # the scale
    assert not {"1.5", "0.75"} & set(words(network((1, 2, 1))))


def test_links_that_cross_carry_no_numbers():
    crossing = [np.full((3, 3), 0.123), np.full((3, 2), 0.123)]
    assert words(network((3, 3, 2), weights=crossing)).count("0.12") == 1  # in the scale
    fans = [np.full((3, 1), 0.123), np.full((1, 2), 0.123)]
    assert words(network((3, 1, 2), weights=fans)).count("0.12") == 1 + 5


def test_layers_are_named_with_units_shapes_and_activations():
    seen = words(network((784, 100, 30, 10), activation=["ReLU", "ReLU", None], batch=60))
    for word in ("input", "784 units", "(60, 784)", "hidden 1", "100 units", "hidden 2", "(60, 30)", "output", "10 units"):
        assert word in seen
    assert seen.count("ReLU") == 2
    assert {"x₁", "x₄", "x₇₈₁", "x₇₈₄", "y₁₀"} <= set(seen)
    assert "x₅" not in seen
    korean = [text for text, _ in texts(network((1, 10, 1), activation="tanh", language="ko"))]
    assert {"입력층", "은닉층", "출력층", "노드 10개", "(n, 10)", "신경망 1-10-1: 매개변수 31개", "x", "y"} <= set(korean)


def test_names_of_ones_own():
    seen = words(network((2, 3, 1), names=["in", "mid", "out"], inputs=["width", "height"], outputs=["price"]))
    assert {"in", "mid", "out", "width", "height", "price"} <= set(seen)
    assert "input" not in seen


@pytest.mark.skipif(korean_font() is None, reason="no Korean font here")
@pytest.mark.parametrize("language", ["en", "ko"])
def test_names_in_hangul_are_drawn_in_figures_in_english_too(language: str):
    figure = network((1, 2, 1), names=["넓이", "숨은 층", "값"], inputs=["넓이"], outputs=["price"], language=language)
    assert len(png_bytes(figure, 50)) > 0  # a missing letter would be a warning, and that an error here
    assert cut_off(figure) == overlapping(figure) == []


def test_a_large_layer_shows_its_first_and_last_units_with_dots_between():
    assert column(10, 10).units.tolist() == list(range(10))
    assert not column(10, 10).dots
    short = column(784, 10)
    assert short.units.tolist() == [0, 1, 2, 3, 780, 781, 782, 783]
    assert short.dots
    assert np.diff(short.rows).max() == -1
    assert np.diff(short.rows).min() == -2  # room for the dots
    weights, _ = arrays((784, 10))
    (only, _) = links(network((784, 10), weights=weights))
    assert len(only.get_segments()) == 80
    edge = np.abs(weights[0]).max()  # the scale is that of all weights, shown or not
    expected = THIN + (THICK - THIN) * np.sort(np.abs(weights[0][short.units]).ravel()) / edge
    wide = np.asarray(only.get_linewidths())
    np.testing.assert_allclose(wide / wide[-1], expected / expected[-1])
    patches = [p for p in network((784, 10)).axes[0].collections if isinstance(p, PatchCollection)]
    assert [len(p.get_paths()) for p in patches] == [8, 3, 10]


def test_zero_and_one_sided_weights_are_no_trouble():
    for value in (0.0, 2.0, 1e-300, 1e300):
        figure = network((1, 2, 1), weights=[np.full((1, 2), value), np.full((2, 1), value)])
        assert cut_off(figure) == []
        assert len(png_bytes(figure, 30)) > 0


@pytest.mark.parametrize("language", ["en", "ko"])
def test_it_is_drawn_beside_curves(language: str):
    figure = sheet(10, 4)
    left, right = figure.add_axes((0.07, 0.12, 0.4, 0.8)), figure.add_axes((0.5, 0.05, 0.49, 0.9))
    left.plot([0, 1], [0, 1])
    weights, biases = arrays((1, 10, 1))
    draw_network(right, (1, 10, 1), weights=weights, biases=biases, activation="tanh", language=language)
    figure.draw_without_rendering()
    box = right.get_tightbbox()
    assert box is not None
    assert box.x0 > left.get_window_extent().x1
    assert cut_off(figure) == overlapping(figure) == []


@pytest.mark.parametrize(("width", "height"), [(7.0, 3.0), (4.0, 2.0), (12.0, 8.0), (3.0, 6.0)])
def test_letters_are_as_small_as_the_axes_want_them(width: float, height: float):
    figure = sheet(width, height)
    names = ["what goes in", *(f"a hidden layer, {k}" for k in range(1, 6)), "what comes out"]
    weights, biases = arrays((1, 5, 10, 10, 10, 5, 1))
    axes = figure.add_axes((0, 0, 1, 1))
    draw_network(axes, (1, 5, 10, 10, 10, 5, 1), weights=weights, biases=biases, activation="leaky ReLU", names=names)
    assert cut_off(figure) == overlapping(figure) == []


@pytest.mark.parametrize("size", [(7.0, 4.0), (4.0, 7.0)])
def test_circles_stay_round_whatever_becomes_of_the_sheet(size: tuple[float, float]):
    figure = drawn((1, 5, 10, 10, 10, 5, 1))
    figure.set_size_inches(size)
    figure.draw_without_rendering()
    scale = figure.axes[0].transData.transform([(0, 0), (1, 1)])
    assert np.ptp(scale[1] - scale[0]) == pytest.approx(0, abs=1e-6)


def test_same_figure_same_bytes_and_settings_come_back():
    before = dict(matplotlib.rcParams)
    assert svg_bytes(drawn((1, 10, 1))) == svg_bytes(drawn((1, 10, 1)))
    assert png_bytes(drawn((1, 10, 1))) == png_bytes(drawn((1, 10, 1)))
    assert dict(matplotlib.rcParams) == before
    assert len(svg_bytes(drawn((784, 100, 30, 10)))) < 300_000


@pytest.mark.parametrize(
    ("sizes", "changes", "message"),
    [
        ((1,), {}, "sizes: expected from 2 to 60 layers of at least 1 unit each"),
        ((1, 0, 1), {}, "sizes: expected"),
        ((1, 2.5), {}, "sizes: expected"),
        (5, {}, "sizes: expected"),
        ("1-2-1", {}, "sizes: expected"),
        ((1,) * 61, {}, "sizes: expected"),
        ((1, (2, 3)), {}, "sizes: expected"),
        ((1, 2, 1), {"weights": 3}, "weights: expected 2 arrays, one for each layer but the input, got 3"),
        ((1, 2, 1), {"most": 2}, "most: expected an integer of at least 3, got 2"),
        ((1, 2, 1), {"weights": [np.ones((1, 2))]}, "weights: expected 2 arrays"),
        (
            (1, 2, 1),
            {"weights": [np.ones((2, 1)), np.ones((2, 1))]},
            r"weights\[0\]: expected shape \[1, 2\], got \[2, 1\] \(PyTorch keeps .* pass layer.weight.T\)",
        ),
        ((1, 2), {"weights": [[[1.0, np.nan]]]}, r"weights\[0\]: expected finite numbers, got nan"),
        ((1, 2), {"weights": [["a"]]}, r"weights\[0\]: expected numbers, got list"),
        (
            (1, 2),
            {"biases": [[1.0]], "names": ["a"]},
            r"biases\[0\]: expected shape \[2\], got \[1\].*; names: expected 2 of them",
        ),
        ((1, 2, 1), {"activation": ["tanh"]}, "activation: expected 2 of them"),
        ((1, 2), {"batch": 0}, "batch: expected an integer of at least 1, got 0"),
        ((1, 2), {"language": "fr"}, "lang: unknown 'fr'"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(sizes: object, changes: dict[str, object], message: str):
    with pytest.raises(ConfigError, match=message) as caught:
        network(sizes, **changes)  # pyright: ignore[reportArgumentType]
    assert not re.search(r"\n", str(caught.value))
