"""The `mazefit` command: `mazefit run`, `play`, `diagram`, …: see COMMANDS; each file in scripts/ is a door to one of them.

What a command needs is imported when it is asked for. An error of ours is one sentence on stderr and an exit code: 2 for usage,
3 for a bad input file, 4 for a missing device, 130 after Ctrl-C; `--debug` shows where it came from.
"""

import importlib
import inspect
import io
import os
import re
import sys
import textwrap
from collections.abc import Mapping
from typing import Any, NamedTuple

from mazefit.errors import MazefitError, did_you_mean
from mazefit.lab.command_line import call

BROKEN_PIPE = 141  # what a shell reports of a program whose reader has gone
INTERRUPTED = 130


class Command(NamedTuple):
    """A subcommand: where its settings and its function are (module:name), and what it is for."""

    settings: str
    function: str
    purpose: str


class Group(NamedTuple):
    """A subcommand of several systems: what it is for, and the command of each by its name."""

    purpose: str
    systems: Mapping[str, Command]


def _regression(system: str, settings: str, purpose: str) -> Command:
    return Command(f"mazefit.lab.regression.config:{settings}", f"mazefit.lab.regression.{system}:{system}", purpose)


REGRESSIONS = {
    "line": _regression("line", "LineConfig", "a straight line through ten points, by autograd"),
    "descent": _regression("descent", "DescentConfig", "gradient descent by hand: the path of W and b"),
    "sine": _regression("sine", "SineConfig", "a sine, four optimizers side by side"),
    "curve": _regression("curve", "CurveConfig", "the ten points again, by a network with tanh"),
    "waves": _regression("waves", "WavesConfig", "a noisy wave, by a deep network of leaky ReLUs"),
}


def _fitting(system: str, settings: str, purpose: str) -> Command:
    return Command(f"mazefit.lab.fitting.config:{settings}", f"mazefit.lab.fitting.{system}:{system}", purpose)


FITTING = {
    "landscape": _fitting("landscape", "LandscapeConfig", "a loss surface as a maze; four optimizers roll beside the agent"),
    "fit": _fitting("fit", "UpdatesConfig", "four optimizers as agents, every update of theirs recorded"),
    "control": _fitting("control", "ControlConfig", "learn when to use which optimizer, or which step size"),
}

COMMANDS: Mapping[str, Command | Group] = {
    "run": Command(
        "mazefit.lab.run_config:RunConfig",
        "mazefit.lab.run_agent:run_agent",
        "let an agent learn a maze; certify and draw what it learned",
    ),
    "play": Command(
        "mazefit.lab.play_config:PlayConfig",
        "mazefit.lab.plain:play",
        "walk a maze with the keyboard and see every number",
    ),
    "diagram": Command(
        "mazefit.lab.diagram_config:DiagramConfig",
        "mazefit.lab.diagram_command:draw_diagram",
        "draw the textbook backup diagram of an algorithm",
    ),
    "deep": Command(
        "mazefit.lab.deep.config:DeepConfig",
        "mazefit.lab.deep.deep:deep",
        "let a network learn a maze's values; the exact ones beside",
    ),
    "regression": Group("fit a tutorial's points; the exact truth beside the fit", REGRESSIONS),
    "fitting": Group("fitting as acting: optimizers and learners in three environments", FITTING),
    "classifier": Command(
        "mazefit.lab.images.config_classifier:ClassifierConfig",
        "mazefit.lab.images.classifier:classifier",
        "tell ten classes of images apart, from basic tensors on",
    ),
    "autoencoder": Command(
        "mazefit.lab.images.config_autoencoder:AutoencoderConfig",
        "mazefit.lab.images.autoencoder:autoencoder",
        "images to a few numbers and back, PCA beside it",
    ),
    "embed": Command(
        "mazefit.lab.images.config_embed:EmbedConfig",
        "mazefit.lab.images.embed:embed",
        "a map of such codes, how good it is, new images on it",
    ),
}

HELP = """usage: {start} COMMAND [OPTIONS]

See every number a learner writes down, and why.

commands:
{commands}

examples:
  {start} run --maze tutorial
  {start} play --maze dyna
  {start} diagram q-learning
  {start} regression sine --quick
  {start} classifier --quick

COMMAND --help shows a command's options; --version the version.
"""

GROUP_HELP = """usage: {start} SYSTEM [OPTIONS]

{purpose}

systems:
{systems}

examples:
{examples}

SYSTEM --help shows a system's options.
"""


def main(argv: list[str] | None = None) -> int:
    """The whole command line; returns the exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    if not arguments or arguments[0] in ("-h", "--help"):
        lines = "\n".join(f"  {name:12}{command.purpose}" for name, command in COMMANDS.items())
        return _guarded(lambda: print(HELP.format(commands=lines, start=call()), end="") or 0)
    if arguments[0] == "--version":
        from mazefit.version import __version__

        return _guarded(lambda: print(__version__) or 0)
    if arguments[0] not in COMMANDS:
        print(f"mazefit: unknown command {arguments[0]!r}{did_you_mean(arguments[0], COMMANDS)}", file=sys.stderr)
        return MazefitError.exit_code
    return run_command(arguments[0], arguments[1:])


def run_command(name: str, arguments: list[str]) -> int:
    """One subcommand with its arguments."""
    command, program, debug = COMMANDS[name], call(name), "--debug" in arguments
    if isinstance(command, Command):
        return _guarded(lambda: _run(command, arguments, program), debug=debug)
    if not arguments or arguments[0] in ("-h", "--help"):
        return _guarded(lambda: print(_group_help(command, program), end="") or 0)
    chosen, rest = arguments[0], arguments[1:]
    if chosen not in command.systems:
        print(f"mazefit: {name}: unknown system {chosen!r}{did_you_mean(chosen, command.systems)}", file=sys.stderr)
        return MazefitError.exit_code
    return _guarded(lambda: _run(command.systems[chosen], rest, f"{program} {chosen}"), debug=debug)


def _group_help(group: Group, program: str) -> str:
    """The systems of a group, in a few lines."""
    systems = "\n".join(f"  {name:12}{command.purpose}" for name, command in group.systems.items())
    first, *others = group.systems
    examples = "\n".join(f"  {program} {flags}" for flags in (first, f"{others[-1]} --quick --lang ko"))
    return GROUP_HELP.format(
        start=program, purpose=f"{group.purpose[0].upper()}{group.purpose[1:]}.", systems=systems, examples=examples
    )


def _run(command: Command, arguments: list[str], program: str) -> int:
    import tyro

    settings = _load(command.settings)
    about = description(inspect.getdoc(settings) or "", program)
    flags = tyro.conf.FlagCreatePairsOff
    try:
        config = tyro.cli(settings, prog=program, args=arguments, description=about, config=(flags,))
    except SystemExit as end:  # help was shown (0), or tyro has said what it does not understand (2)
        return end.code if isinstance(end.code, int) else MazefitError.exit_code
    return _load(command.function)(config)


def _load(place: str) -> Any:
    """What stands at `module:name`."""
    module, name = place.split(":")
    return getattr(importlib.import_module(module), name)


def description(text: str, program: str) -> str:
    """A docstring as the head of a help page: lines of at most 79 columns, its `examples` as commands to copy."""
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith("Examples: "):
            lines += [
                *([""] if lines[-1:] != [""] else []),
                "examples:",
                *(f"  {program} {flags}" for flags in re.findall("`(.*?)`", line)),
            ]
        else:
            lines += textwrap.wrap(line, 79, subsequent_indent="  ") or [""]  # tyro joins lines that are not indented
    return "\n".join(lines)


def _guarded(action: Any, *, debug: bool = False) -> int:
    """Do it; every way to end that is foreseen becomes an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without γ or 한글 shows ? instead of ending the program
    try:
        code = action()
        sys.stdout.flush()
        return code
    except MazefitError as error:
        if debug:
            raise
        print(f"mazefit: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        if debug:
            raise
        print("mazefit: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that the last flush finds an open door
        return BROKEN_PIPE
