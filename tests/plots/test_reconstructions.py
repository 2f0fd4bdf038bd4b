"""The figures of the autoencoder: one scale for all, what is drawn is what was given, every text is seen."""

from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.figure import Figure

from mazefit.errors import ConfigError
from mazefit.plots import svg_bytes
from mazefit.plots.learning import plot_learning
from mazefit.plots.reconstructions import Row, plot_reconstructions
from mazefit.plots.reconstructions_words import WORDS, label
from tests.plots.seen import cut_off, overlapping, texts

RNG = np.random.default_rng(0)
PICTURES = RNG.uniform(-1, 1, (10, 28, 28))
HEADS = {
    "en": ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    "ko": ("티셔츠", "바지", "풀오버", "원피스", "코트", "샌들", "셔츠", "운동화", "가방", "앵클부츠"),
}
AT = np.arange(1, 21) / 20


def three(language: str = "en") -> Figure:
    rows = [
        Row("Originally" if language == "en" else "원본", PICTURES),
        Row("AutoEncoder", 0.5 * PICTURES, 0.0813),
        Row("PCA-28", 3 * PICTURES, 0.0646),
    ]
    heads = HEADS["ko" if language == "ko" else "en"]
    return plot_reconstructions(rows, heads=heads, title="Fashion-MNIST", note="a note", language=language)


def few(language: str = "en") -> Figure:
    return plot_reconstructions([Row("a", PICTURES[:2, :8, :12]), Row("b", PICTURES[:2, :8, :12], 1.0)], language=language)


def long_names(language: str = "en") -> Figure:
    heads = [f"a class with a very long name, {k}" for k in range(10)]
    return plot_reconstructions([Row("a", PICTURES), Row("PCA-784", PICTURES, 0.0)], heads=heads, language=language)


def one_epoch(language: str = "en") -> Figure:
    levels = {"PCA-28, test": 0.0646, "mean image, test": 0.344}
    losses = 0.7 * np.exp(-6 * AT) + 0.09
    return plot_learning((AT, losses), [0.0813], levels, updates=50, title="conv", note="a note", language=language)


def ten_epochs(language: str = "en") -> Figure:
    epochs = np.arange(1, 11)
    losses = np.append(0.5, 0.1 / epochs)
    levels = {"PCA-28": 0.0646, "mean image": 0.344}
    return plot_learning((np.append(0.1, epochs), losses), 0.11 / epochs, levels, language=language)


def many_epochs(language: str = "en") -> Figure:
    epochs = np.arange(1, 201)
    return plot_learning((epochs, 0.1 + 0.1 / epochs), 0.12 + 0.1 / epochs, updates=1, language=language)


def only_tests(language: str = "en") -> Figure:
    return plot_learning(([], []), [0.3], language=language)


DRAWN = (three, few, long_names, one_epoch, ten_epochs, many_epochs, only_tests)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("draw", DRAWN, ids=lambda draw: draw.__name__)
def test_nothing_is_cut_off_or_covered(draw: Callable[[str], Figure], language: str):
    figure = draw(language)
    assert cut_off(figure) == overlapping(figure) == []
    for legend in figure.legends:
        assert not any(axes.get_window_extent().overlaps(legend.get_window_extent()) for axes in figure.axes)
    if language == "ko" and draw is not few and draw is not long_names:
        assert any("가" <= letter <= "힣" for text, _ in texts(figure) for letter in text)


def test_the_same_figure_has_the_same_bytes():
    assert svg_bytes(three()) == svg_bytes(three())
    assert svg_bytes(one_epoch()) == svg_bytes(one_epoch())


def test_every_picture_is_on_one_scale_and_as_it_was_given():
    *tiles, scale = three().axes
    assert len(tiles) == 30
    for place, axes in enumerate(tiles):
        row, column = divmod(place, 10)
        (shown,) = axes.images
        assert shown.get_clim() == (-1.0, 1.0)
        assert shown.get_cmap().name == "gray_r"
        assert np.array_equal(np.asarray(shown.get_array()), (1.0, 0.5, 3.0)[row] * PICTURES[column])
    assert [text.get_text() for text in scale.get_yticklabels()] == ["−1", "0", "1"]
    assert tuple(axes.get_title() for axes in tiles[:10]) == HEADS["en"]
    assert not any(axes.get_title() for axes in tiles[10:])
    said = [text.get_text() for text in three().texts]
    assert [text for text in said if text not in ("Fashion-MNIST", "a note")] == [
        "Originally", "AutoEncoder", "test MSE 0.0813", "PCA-28", "test MSE 0.0646",
    ]  # fmt: skip


def test_pictures_keep_their_sides():
    for axes in few().axes[:-1]:
        box = axes.get_window_extent()
        assert box.width / box.height == pytest.approx(12 / 8)


def test_the_curve_shows_what_was_given():
    (axes,) = one_epoch().axes
    train, test, pca, mean = axes.lines
    assert np.asarray(train.get_xdata()).tolist() == AT.tolist()
    assert (np.asarray(test.get_xdata()).tolist(), np.asarray(test.get_ydata()).tolist()) == ([1], [0.0813])
    assert [list(np.asarray(line.get_ydata())) for line in (pca, mean)] == [[0.0646] * 2, [0.344] * 2]
    assert axes.get_yscale() == "log"
    legend = [text.get_text() for text in one_epoch().legends[0].get_texts()]
    assert legend == [
        "training loss, mean over 50 updates", "test MSE after the epoch", "PCA-28, test: 0.0646", "mean image, test: 0.3440",
    ]  # fmt: skip
    for draw, scale in ((many_epochs, "linear"), (only_tests, "linear")):
        (axes,) = draw().axes
        assert axes.get_yscale() == scale
        low, high = axes.get_ylim()
        assert all(low < value < high for line in axes.lines for value in np.asarray(line.get_ydata()))
    (axes,) = ten_epochs().axes
    assert len(axes.lines) == 3
    assert 0.11 < axes.get_ylim()[1] < 0.2  # the first losses and the mean image lie above
    said = [text.get_text() for text in ten_epochs().legends[0].get_texts()]
    assert said[2:] == ["PCA-28: 0.0646", "mean image: 0.3440, above"]
    assert many_epochs().legends[0].get_texts()[0].get_text() == "training loss of each update"


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plot_reconstructions([]),
        lambda: plot_reconstructions([Row("a", PICTURES[:0])]),
        lambda: plot_reconstructions([Row("a", PICTURES[0])]),
        lambda: plot_reconstructions([Row("a", PICTURES), Row("b", PICTURES[:9])]),
        lambda: plot_reconstructions([Row("a", PICTURES)], heads=["one"]),
        lambda: plot_learning((AT, AT), []),
        lambda: plot_learning((AT, AT[1:]), [0.1]),
        lambda: plot_learning((PICTURES, PICTURES), [0.1]),
    ],
)
def test_what_does_not_fit_is_refused(draw: Callable[[], Figure]):
    with pytest.raises(ConfigError, match=r"plot_\w+: expected .*, got"):
        draw()


def test_every_word_has_both_languages():
    for key, (english, korean) in WORDS.items():
        assert key == "level" or english != korean, key
    assert label("mse", "ko", mse="0.1") == "테스트 MSE 0.1"
