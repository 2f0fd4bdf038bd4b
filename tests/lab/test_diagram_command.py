"""`mazefit diagram`: every name finds its picture, in every format, and mistakes are one sentence."""

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from mazefit import cli
from mazefit.agents.catalogue import catalogue
from mazefit.backup.draw import to_text
from mazefit.backup.draw.figure import columns
from mazefit.backup.textbook import TEXTBOOK
from mazefit.errors import ConfigError
from mazefit.lab.diagram_command import DiagramConfig, draw_diagram, find_spec, names, slug

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize("name", TEXTBOOK)
def test_the_textbooks_own_names_find_their_rule(name: str):
    assert find_spec(name) is TEXTBOOK[name]
    assert find_spec(name.upper()) is TEXTBOOK[name]


def test_the_catalogues_names_find_their_rule():
    for entry in catalogue():
        assert find_spec(entry.name) == entry.spec


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("sarsa-lambda", "Sarsa(lambda)"),
        ("Sarsa(λ)", "Sarsa(lambda)"),
        ("Q(σ)", "Q(sigma)"),
        ("q-star", "q_*"),
        ("Q_PI", "q_pi"),
        ("td-0", "TD(0)"),
        ("dyna-q", "Dyna-Q"),
        ("dyna-q-plus", "Dyna-Q+"),
        ("true online  TD(λ)", "True online TD(lambda)"),
    ],
)
def test_other_ways_to_write_a_name(asked: str, name: str):
    assert find_spec(asked) is TEXTBOOK[name]


def test_short_names_are_small_letters_and_hyphens_and_no_two_are_the_same():
    short = [slug(name) for name in TEXTBOOK]
    assert len(set(short)) == len(short)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) for name in short)


def test_the_list_names_every_diagram_once_and_each_name_works(capsys: Capture):
    assert cli.main(["diagram", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    listed = [re.split(r"\s{2,}", line)[0] for line in lines]
    assert listed == list(names())
    assert {find_spec(name).name for name in listed} >= set(TEXTBOOK)
    assert max(map(columns, lines)) <= 100


def test_text_goes_to_the_terminal_and_keeps_to_its_width(capsys: Capture, monkeypatch: pytest.MonkeyPatch):
    for width in (60, 200):
        monkeypatch.setenv("COLUMNS", str(width))
        assert cli.main(["diagram", "watkins-q-lambda"]) == 0
        assert capsys.readouterr().out == to_text(TEXTBOOK["Watkins Q(lambda)"].diagram(), width=width)


def test_svg_dot_and_html_can_go_to_the_terminal(capsys: Capture):
    for name, begin in (("svg", "<svg"), ("dot", "digraph backup {"), ("html", "<!DOCTYPE html>")):
        assert draw_diagram(DiagramConfig("sarsa", format=name, lang="en")) == 0
        said = capsys.readouterr().out
        assert said.startswith(begin)
        assert said.endswith("\n")


def test_a_file_is_written_in_the_format_of_its_name(capsys: Capture, tmp_path: Path):
    begins = {".svg": b"<svg", ".txt": b"Q-learning\n", ".png": b"\x89PNG", ".dot": b"digraph", ".html": b"<!DOCTYPE html>"}
    for ending, begin in begins.items():
        out = tmp_path / "new folder" / f"picture{ending}"
        assert cli.main(["diagram", "q-learning", "--out", str(out)]) == 0
        assert capsys.readouterr() == (f"{out}\n", "")
        assert out.read_bytes().startswith(begin)
    ElementTree.fromstring((tmp_path / "new folder/picture.svg").read_text("utf-8"))


def test_a_format_that_is_asked_for_beats_the_name_of_the_file(tmp_path: Path):
    out = tmp_path / "picture.of-q"
    draw_diagram(DiagramConfig("q-learning", format="svg", out=out, lang="en"))
    assert out.read_bytes().startswith(b"<svg")


def test_korean(capsys: Capture):
    assert cli.main(["diagram", "--lang", "ko", "--format", "html", "q-learning"]) == 0
    assert "백업다이어그램" in capsys.readouterr().out


def test_a_korean_png_where_no_korean_font_is(capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    from mazefit.plots import fonts

    monkeypatch.setattr(fonts, "korean_font", lambda: None)
    draw_diagram(DiagramConfig("sarsa", out=tmp_path / "ko.png", lang="ko"))
    assert "한글 글꼴" in capsys.readouterr().err
    draw_diagram(DiagramConfig("sarsa", out=tmp_path / "en.png", lang="en"))
    assert (tmp_path / "ko.png").read_bytes() == (tmp_path / "en.png").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["sarsa-lamda"], "diagram: unknown 'sarsa-lamda'; did you mean 'sarsa-lambda'?"),
        (["zzzz"], "diagram: unknown 'zzzz'; --list shows all"),
        ([], "diagram: expected the name of an algorithm, got none; --list shows all"),
        (["sarsa", "--format", "sgv"], "diagram: --format: unknown 'sgv'; did you mean 'svg'?"),
        (["sarsa", "--format", "png"], "diagram: --out: expected a file for the png, got none"),
        (["sarsa", "--out="], "diagram: --out: expected the path of a file, got ''"),
        (
            ["sarsa", "--out", "x.jpg"],
            "diagram: --out: expected a name that ends in .svg, .txt, .png, .dot, .html, or --format, got 'x.jpg'",
        ),
    ],
)
def test_mistakes_are_one_sentence(capsys: Capture, arguments: list[str], sentence: str):
    assert cli.main(["diagram", *arguments]) == 2
    assert capsys.readouterr() == ("", f"mazefit: {sentence}\n")


def test_a_file_that_cannot_be_written(capsys: Capture, tmp_path: Path):
    (tmp_path / "folder.svg").mkdir()
    assert cli.main(["diagram", "sarsa", "--out", str(tmp_path / "folder.svg")]) == 2
    assert "folder.svg" in capsys.readouterr().err
    (tmp_path / "file").touch()
    assert cli.main(["diagram", "sarsa", "--out", str(tmp_path / "file" / "a.svg")]) == 2
    assert "expected a folder that can be written" in capsys.readouterr().err


def test_debug_shows_where_it_came_from():
    with pytest.raises(ConfigError):
        cli.main(["diagram", "zzzz", "--debug"])


def test_text_needs_no_matplotlib():
    import subprocess

    code = "import sys; from mazefit.cli import main; main(['diagram', 'sarsa']); sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0
