"""A study's numbers, tables and files, from arrays made by hand."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mazefit.errors import ConfigError, DataError
from mazefit.training.study import Study
from mazefit.training.study_table import quantile
from tests.plots.seen import cut_off, overlapping

NAMES = ("SGD", "Adam")


def study(seeds: int = 11, epochs: int = 6, every: int = 1, *, test: bool = True) -> Study:
    """Adam ends at 1, 2, … 11 and SGD at 6 everywhere; the training losses fall by a half each epoch."""
    test_loss = np.stack([np.full(seeds, 6.0), np.arange(1.0, seeds + 1)])
    losses = np.stack([(test_loss * 2.0 ** (epochs - k)) for k in range(0, epochs, every)], axis=-1)
    return Study(
        NAMES, ("SGD(learning_rate=0.1)", "Adam(learning_rate=0.01)"), tuple(range(seeds)), epochs, every, "mse", losses,
        test_loss / 2, test_loss if test else None, np.zeros((2, seeds, 3, 1)) if test else None,
        np.full((2, seeds), -1), "compiled", "it is small", "cpu", "float64", 0.25,
    )  # fmt: skip


def with_a_lost_one() -> Study:
    """Adam diverges at epoch 2 of seed 0, where it had won."""
    one = study()
    losses, test, final, lost = one.losses.copy(), one.score.copy(), one.final.copy(), one.diverged_at.copy()
    losses[1, 0, 2:] = test[1, 0] = final[1, 0] = np.nan
    lost[1, 0] = 2
    return replace(one, losses=losses, test=test, final=final, diverged_at=lost)


def test_the_table_against_numbers_by_hand():
    rows = study().table().rows
    assert [(row.name, row.median, row.low, row.high) for row in rows] == [("SGD", 6, 6, 6), ("Adam", 6, 2, 10)]
    assert [(row.wins, row.diverged) for row in rows] == [(5, 0), (5, 0)]  # at the sixth they are equal
    assert "1 tie, in which nobody wins" in str(study().table())
    assert study().table().score == "test loss (mse) after 6 epochs, 11 seeds"
    assert study(test=False).table().score.startswith("training loss (mse)")
    assert study(test=False).table().rows[1].median == 3
    assert "45.5 %" in str(study())
    assert "compiled: it is small (0.25 s)" in str(study())
    assert "<td>45.5 %</td>" in study()._repr_html_()


def test_what_diverged_never_wins_counts_as_infinitely_bad_and_is_said():
    table = with_a_lost_one().table()
    assert [(row.wins, row.diverged) for row in table.rows] == [(6, 0), (4, 1)]
    assert table.rows[1].median == 7  # of 2 … 11 and infinity
    assert quantile(np.array([1.0, 2.0, np.nan]), 1.0) == np.inf
    assert quantile(np.array([1.0, 2.0, np.nan]), 0.75) == np.inf
    assert quantile(np.array([1.0, 2.0, np.nan]), 0.5) == 2
    assert "diverged" in str(replace(study(3), diverged_at=np.full((2, 3), 1)).table())


def test_quantiles_are_those_of_numpy():
    values = np.random.default_rng(0).normal(size=37)
    for share in (0.0, 0.1, 0.5, 0.9, 1.0):
        assert quantile(values, share) == pytest.approx(np.quantile(values, share), rel=1e-14)


def test_a_row_is_asked_for_by_name_and_seed():
    assert study().row("Adam", 3).tolist() == [256, 128, 64, 32, 16, 8]
    with pytest.raises(ConfigError, match="optimizer: expected one of SGD, Adam, got 'adam'"):
        study().row("adam", 3)
    with pytest.raises(ConfigError, match="seed: expected one of the study's 11 seeds, got 11"):
        study().row("Adam", 11)


def test_saved_and_loaded_it_is_the_same(tmp_path: Path):
    for one in (with_a_lost_one(), study(every=4, test=False)):
        one.save(tmp_path / "study")
        again = Study.load(tmp_path / "study")
        for name in Study.__dataclass_fields__:
            mine, other = getattr(one, name), getattr(again, name)
            if isinstance(mine, np.ndarray):
                assert mine.tobytes() == other.tobytes()
                assert (mine.shape, mine.dtype) == (other.shape, other.dtype)
            else:
                assert mine == other
        assert str(again) == str(one)


def test_a_changed_folder_is_refused(tmp_path: Path):
    study().save(tmp_path)
    file = next(tmp_path.glob("losses-*.npy"))
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(DataError, match="SHA-256"):
        Study.load(tmp_path)
    replace(study(), every=2).save(tmp_path)
    with pytest.raises(DataError, match="expected losses of shape"):
        Study.load(tmp_path)


def test_csv_of_fits_and_of_losses(tmp_path: Path):
    with_a_lost_one().to_csv(tmp_path / "fits.csv")
    with (tmp_path / "fits.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 22
    assert rows[12] == {"optimizer": "Adam", "seed": "1", "final": "1.0", "test": "2.0", "diverged_in": ""}
    assert rows[11]["diverged_in"] == "3"
    study(every=4).to_csv(tmp_path / "losses.csv", losses=True)
    lines = (tmp_path / "losses.csv").read_text().splitlines()
    assert len(lines) == 1 + 2 * 11 * 2
    assert lines[1:3] == ["SGD,0,1,384.0", "SGD,0,5,24.0"]
    with_a_lost_one().table().to_csv()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_figure_shows_medians_over_the_epochs_kept(language: str):
    one = study(epochs=60, every=20)
    figure = one.plot(title="Two optimizers", language=language)
    line = figure.axes[0].lines[1]
    assert np.asarray(line.get_xdata()).tolist() == [0, 20, 40]
    assert np.asarray(line.get_ydata()).tolist() == np.median(one.losses[1], axis=0).tolist()
    assert cut_off(figure) == overlapping(figure) == []
