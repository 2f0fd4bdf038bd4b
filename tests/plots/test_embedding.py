"""Maps of codes: what is drawn is what was given, texts are seen whole, images bury none, colours can be told apart."""

from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from mazefit.errors import ConfigError
from mazefit.plots import png_bytes, svg_bytes
from mazefit.plots.embedding import Panel, plot_embedding, plot_maps
from mazefit.plots.image_map import ink, one_per_cell, plot_image_map
from mazefit.plots.map_parts import COLOURS, look
from mazefit.plots.map_words import WORDS, figures_line
from tests.plots.seen import cut_off, overlapping, texts

RNG = np.random.default_rng(0)
LABELS = np.arange(300) % 10
PLANE = 4 * np.stack([np.cos(LABELS), np.sin(LABELS)], axis=1) + RNG.normal(0, 0.4, (300, 2))
NEW = PLANE[[0, 10, 20, 30, 40, 5]] + 0.1  # five of one class, which lie near each other
IMAGES = RNG.integers(0, 256, (300, 8, 8)).astype(np.uint8)
EN = ("T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")
KO = ("티셔츠", "바지", "풀오버", "드레스", "코트", "샌들", "셔츠", "운동화", "가방", "앵클부츠")
NOTE = "t-SNE (openTSNE 1.0.4), perplexity 30, 1000 iterations, seed 0, 300 points\nKL 1.3 · trustworthiness 0.99"


def scatter(language: str = "en") -> Figure:
    names = EN if language == "en" else KO
    new = {"new": NEW, "new_images": IMAGES[:6]}
    return plot_embedding(PLANE, LABELS, names, title="Codes", note=NOTE, language=language, **new)


def axes(language: str = "en") -> Figure:
    return plot_embedding(PLANE, LABELS, EN, axes=("principal axis 1", "principal axis 2"), names=False, language=language)


def solid(language: str = "en") -> Figure:
    return plot_embedding(RNG.normal(size=(300, 3)), LABELS, EN, title="Codes", note=NOTE, language=language)


def maps(language: str = "en") -> Figure:
    panels = [Panel(name, PLANE * i, f"trustworthiness 0.9{i}\n10-NN accuracy 0.8{i}") for i, name in enumerate("abcd", 1)]
    return plot_maps(panels, LABELS, EN, title="Four", note="a note", language=language)


def image_map(language: str = "en") -> Figure:
    names = EN if language == "en" else KO
    return plot_image_map(PLANE, IMAGES, LABELS, names, title="Images", note=NOTE, language=language)


ALL = [scatter, axes, solid, maps, image_map]


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("draw", ALL)
def test_texts_are_whole_and_none_stands_on_another(draw: Any, language: str) -> None:
    figure = draw(language)
    assert cut_off(figure) == []
    assert overlapping(figure) == []


@pytest.mark.parametrize("draw", [scatter, maps, image_map])
def test_the_same_bytes_again(draw: Any) -> None:
    assert png_bytes(draw(), 40) == png_bytes(draw(), 40)
    assert b"<svg" in svg_bytes(draw())


def test_every_point_is_drawn_once_in_its_colour() -> None:
    panel = plot_embedding(PLANE, LABELS, EN).axes[0]
    (points,) = panel.collections
    drawn = {
        tuple(place): tuple(colour[:3]) for place, colour in zip(points.get_offsets(), points.get_facecolors(), strict=True)
    }
    assert drawn == {tuple(place): to_rgb(COLOURS[label]) for place, label in zip(PLANE, LABELS, strict=True)}


def test_one_unit_on_both_axes_and_room_beside_the_points() -> None:
    figure = plot_embedding(PLANE * [3, 1])
    panel = figure.axes[0]
    (left, right), (bottom, top) = panel.get_xlim(), panel.get_ylim()
    box = panel.get_window_extent()
    assert (right - left) / box.width == pytest.approx((top - bottom) / box.height)
    wide = np.ptp(PLANE[:, 0]) * 3
    assert right - left == pytest.approx(1.1 * wide)
    assert left == pytest.approx(PLANE[:, 0].min() * 3 - 0.05 * wide)


def test_classes_are_named_on_the_map_and_in_the_legend() -> None:
    words = [text for text, _ in texts(plot_embedding(PLANE, LABELS, EN, note=NOTE))]
    assert all(words.count(name) == 2 for name in EN)
    assert NOTE.split("\n")[0] in words
    assert NOTE.split("\n")[1] in words
    quiet = [text for text, _ in texts(plot_embedding(PLANE, LABELS, EN, names=False))]
    assert all(quiet.count(name) == 1 for name in EN)


def test_new_points_are_stars_at_their_places_and_their_images_cover_none_of_each_other() -> None:
    figure = scatter()
    panel: Any = figure.axes[0]
    stars = next(line for line in panel.lines if line.get_marker() == "*")
    np.testing.assert_array_equal(np.stack(stars.get_data(), axis=1), NEW)
    boxes = np.array([image.get_extent() for image in panel.images])
    assert len(boxes) == 6
    for i, a in enumerate(boxes):
        np.testing.assert_array_equal(panel.images[i].get_array(), IMAGES[i])
        for b in boxes[i + 1 :]:
            assert min(a[1], b[1]) <= max(a[0], b[0]) or min(a[3], b[3]) <= max(a[2], b[2])
    assert "new image" in [text for text, _ in texts(figure)]


def test_one_image_a_cell_and_it_is_the_nearest() -> None:
    chosen, at = one_per_cell(PLANE, 12)
    assert len({tuple(cell) for cell in at.tolist()}) == len(chosen) == len(set(chosen.tolist()))
    assert at.min() >= 0
    assert at.max() <= 11
    low, high = PLANE.min(axis=0), PLANE.max(axis=0)
    scaled = (PLANE - (low + high) / 2) / (high - low).max() * 12 + 6
    cells = np.clip(np.floor(scaled), 0, 11)
    assert {tuple(cell) for cell in cells.astype(int).tolist()} == {tuple(cell) for cell in at.tolist()}
    for point, cell in zip(chosen, at, strict=True):
        rivals = np.flatnonzero((cells == cell).all(axis=1))
        away = np.square(scaled - cell - 0.5).sum(axis=1)
        assert away[point] == pytest.approx(away[rivals].min())


def test_images_stand_in_their_cells_as_ink() -> None:
    chosen, at = np.array([4, 7]), np.array([[0, 0], [2, 1]])
    canvas = ink(IMAGES, LABELS, True, chosen, at, 3)
    assert canvas.shape == (27, 27, 4)  # eight pixels and a gap
    np.testing.assert_array_equal(canvas[18:26, 0:8, 3], IMAGES[4])
    np.testing.assert_array_equal(canvas[9:17, 18:26, 3], IMAGES[7])
    assert canvas[..., 3].sum() == IMAGES[4].sum() + IMAGES[7].sum()
    assert tuple(canvas[20, 3, :3]) == tuple(np.rint(255 * 0.82 * np.array(to_rgb(look(4)[0]))).astype(int))


def test_an_image_map_says_how_many_it_shows() -> None:
    chosen, _ = one_per_cell(PLANE, 10)
    words = [text for text, _ in texts(plot_image_map(PLANE, IMAGES, cells=10))]
    assert any(text.startswith(f"{len(chosen)} of 300 images") for text in words)


def test_one_point_and_points_in_one_place_are_drawn() -> None:
    for plane in (np.zeros((1, 2)), np.zeros((5, 2))):
        drawn = plot_embedding(plane, np.zeros(len(plane), int), ["a"])
        assert sum(len(points.get_offsets()) for points in drawn.axes[0].collections) == len(plane)
        assert len(png_bytes(drawn, 40)) > 1_000
        shown = plot_image_map(plane, IMAGES[: len(plane)])
        assert any(text.startswith(f"1 of {len(plane)} image") for text, _ in texts(shown))  # one place, one image
        assert len(png_bytes(shown, 40)) > 1_000


def test_more_than_ten_classes_differ_in_marker() -> None:
    assert look(3)[0] == look(13)[0]
    assert look(3)[1] != look(13)[1]
    labels = np.arange(300) % 23
    panel = plot_embedding(PLANE, labels).axes[0]
    assert sum(len(points.get_offsets()) for points in panel.collections) == 300


SIGHT = {  # Machado, Oliveira & Fernandes (2009), severity 1, in linear RGB
    "normal": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
CONES = np.array([[0.41222, 0.53633, 0.05145], [0.21190, 0.68070, 0.10740], [0.08830, 0.28172, 0.62998]])
OKLAB = np.array([[0.21045, 0.79362, -0.00407], [1.97800, -2.42859, 0.45059], [0.02590, 0.78277, -0.80868]])


@pytest.mark.parametrize("sight", SIGHT)
def test_ten_colours_can_be_told_apart_by_every_kind_of_sight(sight: str) -> None:
    rgb = np.array([to_rgb(colour) for colour in COLOURS])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4) @ np.array(SIGHT[sight]).T
    lab = 100 * np.cbrt(np.clip(linear, 0, 1) @ CONES.T) @ OKLAB.T
    apart = np.linalg.norm(lab[:, None] - lab, axis=2) + 1e9 * np.eye(10)
    assert apart.min() > 13


def test_what_does_not_fit_is_one_sentence() -> None:
    with pytest.raises(ConfigError, match="plane: expected finite numbers"):
        plot_embedding(np.full((3, 2), np.nan))
    with pytest.raises(ConfigError, match="labels: expected 300 integers"):
        plot_embedding(PLANE, LABELS[:5])
    with pytest.raises(ConfigError, match="classes: expected a name for label 9, got 2 names"):
        plot_embedding(PLANE, LABELS, ["a", "b"])
    with pytest.raises(ConfigError, match="new: expected none on a map of three"):
        plot_embedding(RNG.normal(size=(9, 3)), new=[[0, 0]])
    with pytest.raises(ConfigError, match="new: expected points"):
        plot_embedding(PLANE, new=PLANE[:3], new_images=IMAGES[:2])
    with pytest.raises(ConfigError, match="images: expected uint8"):
        plot_image_map(PLANE, IMAGES[:9])
    with pytest.raises(ConfigError, match="cells: expected"):
        plot_image_map(PLANE, IMAGES, cells=1)
    with pytest.raises(ConfigError, match="expected at least one map"):
        plot_maps([])


def test_words_are_there_in_both_languages_and_figures_that_are_not_known_are_left_out() -> None:
    assert all(len(pair) == 2 and all(pair) for pair in WORDS.values())
    assert figures_line("en", trust=0.98765) == "trustworthiness 0.988"
    assert figures_line("ko", knn=(0.5, 0.75)) == "10-NN 정확도: 지도 0.500, 코드 0.750"
    assert figures_line("en") == ""
