"""Draw the textbook backup diagram of any algorithm, found by its name.

draw_diagram(DiagramConfig("q-learning"))            0, and the diagram on the terminal
"""

import re
import shutil
import sys
from pathlib import Path

from mazefit.agents.catalogue import catalogue
from mazefit.backup.draw import FORMATS, draw
from mazefit.backup.draw.labels import written
from mazefit.backup.spec import BackupSpec
from mazefit.backup.textbook import TEXTBOOK
from mazefit.errors import ConfigError, Problems, did_you_mean
from mazefit.files import prepare_folder, write_file
from mazefit.lab.diagram_config import DiagramConfig
from mazefit.words import Language, check_language, word

__all__ = ["DiagramConfig", "draw_diagram"]

ENDINGS = {".svg": "svg", ".txt": "text", ".png": "png", ".dot": "dot", ".html": "html"}
"""The format that the end of a file's name stands for."""

NARROWEST = 40  # columns of a terminal for which a diagram is made


def draw_diagram(config: DiagramConfig) -> int:
    """Draw one diagram, or name them all.

    Args:
        config: the settings.

    Returns:
        The exit code, 0.

    Raises:
        ConfigError: the name, the format or the file's ending is unknown, or a PNG would go to the terminal.
        OutputError: the file cannot be written.
    """
    language = check_language(config.lang)
    if config.list_:
        print("\n".join(_listed()))
        return 0
    spec = find_spec(config.name)
    format = _format(config)
    options = {"width": max(NARROWEST, shutil.get_terminal_size((100, 24)).columns)} if format == "text" else {}
    drawn = draw(spec.diagram(), format, lang=_drawable(language, format), **options)
    if isinstance(drawn, str):
        drawn = drawn if drawn.endswith("\n") else f"{drawn}\n"
        if config.out is None:
            print(drawn, end="")
            return 0
        drawn = drawn.encode()
    out = Path(str(config.out))
    prepare_folder(out.parent)
    write_file(out, drawn)
    print(out)
    return 0


def names() -> dict[str, BackupSpec]:
    """Every diagram by the name under which it is asked for: the catalogue's names, then those of the textbook's rules.

    A rule of the textbook whose name the catalogue gives to another rule keeps its own spelling.
    """
    found = {entry.name: entry.spec for entry in catalogue()}
    for name, spec in TEXTBOOK.items():
        short = slug(name)
        found[name if found.get(short, spec) != spec else short] = spec
    order = list(TEXTBOOK)
    return dict(sorted(found.items(), key=lambda item: order.index(item[1].name) if item[1].name in order else len(order)))


def find_spec(name: str) -> BackupSpec:
    """The rule of that name, as the catalogue or the textbook writes it; capitals, spaces and Greek letters do not count.

    Raises:
        ConfigError: there is none; says which name is near.
    """
    if not name:
        raise ConfigError("diagram: expected the name of an algorithm, got none; --list shows all")
    known = names()
    for title, spec in TEXTBOOK.items():
        if name.lower() == title.lower():
            return spec
    short = slug(name)
    if short in known:
        return known[short]
    hint = did_you_mean(short, known)
    raise ConfigError(f"diagram: unknown {name!r}{hint if 'did you mean' in hint else '; --list shows all'}")


def slug(name: str) -> str:
    """A name in small letters with hyphens.

    >>> slug("Sarsa(λ)"), slug("Dyna-Q+"), slug("q_*"), slug("v_pi")
    ('sarsa-lambda', 'dyna-q-plus', 'q-star', 'v-pi')
    """
    for sign, letters in (("λ", "lambda"), ("σ", "sigma"), ("π", "pi"), ("*", "star"), ("+", "-plus")):
        name = name.replace(sign, letters)
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _listed() -> list[str]:
    known = names()
    width = max(len(name) for name in known)
    wide = max(len(written(spec.name)) for spec in known.values())
    return [f"{name:{width}}  {written(spec.name):{wide}}  {spec.section}" for name, spec in known.items()]


def _format(config: DiagramConfig) -> str:
    problems = Problems("diagram")
    if config.format is not None:
        problems.choice("--format", config.format, FORMATS)
    if config.out is not None and not str(config.out):
        problems.check(False, "--out: expected the path of a file, got ''")
    elif config.out is not None and config.format is None:
        fine = Path(str(config.out)).suffix.lower() in ENDINGS
        problems.check(fine, f"--out: expected a name that ends in {', '.join(ENDINGS)}, or --format, got {str(config.out)!r}")
    problems.check(config.format != "png" or config.out is not None, "--out: expected a file for the png, got none")
    problems.raise_if_any()
    if config.format is not None:
        return config.format
    return "text" if config.out is None else ENDINGS[Path(str(config.out)).suffix.lower()]


def _drawable(language: Language, format: str) -> Language:
    """The language of the diagram; says so where it cannot be the one that was asked for."""
    if format != "png" or language != "ko":
        return language
    from mazefit.plots.fonts import korean_font

    if korean_font() is None:
        print(word("run.no font", language), file=sys.stderr)
        return "en"
    return language
