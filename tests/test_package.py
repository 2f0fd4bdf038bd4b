import ast
import doctest
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import mazefit

PACKAGE = Path(mazefit.__file__).parent
MODULES = sorted(m.name for m in pkgutil.walk_packages([str(PACKAGE)], "mazefit.") if not m.name.endswith("__main__"))
ROOMS = [name for name in MODULES if (PACKAGE.parent / Path(*name.split(".")) / "__init__.py").exists()]
HEAVY = ("torch", "matplotlib", "sklearn", "scipy", "numba", "pygame", "stable_baselines3")


def loaded(code: str) -> set[str]:
    """Which heavy packages a fresh interpreter has loaded after `code`."""
    tail = f"\nimport sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code + tail], capture_output=True, text=True, check=True)
    return set(ast.literal_eval(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    "code",
    [
        "import mazefit",
        "import mazefit.envs",
        "import mazefit.agents",
        "import mazefit.backup",
        "import gymnasium, mazefit; gymnasium.make('mazefit/Maze-v0').reset()",
        "import gymnasium; gymnasium.make('mazefit:mazefit/Maze-v0').reset()",
        "from mazefit.agents import QLearning; from mazefit.envs import Maze\n"
        "QLearning().learn(Maze.generate(), episodes=5, seed=0, trace=True).trace.draw(3, 'svg')",
    ],
)
def test_nothing_heavy_is_loaded(code: str) -> None:
    assert loaded(code) == set()


def test_the_check_above_can_fail() -> None:
    assert "numba" in loaded("import numba")


@pytest.mark.parametrize("name", ROOMS)
def test_what_a_room_promises_is_what_is_there(name: str) -> None:
    room = importlib.import_module(name)
    promised = getattr(room, "__all__", [])
    assert len(promised) == len(set(promised))
    for word in promised:
        assert getattr(room, word) is not None
    submodules = {module.name for module in pkgutil.iter_modules(room.__path__)}
    public = {word for word in vars(room) if not word.startswith("_")} - submodules
    if name in ("mazefit.agents", "mazefit.backup", "mazefit.envs", "mazefit.plots"):
        assert public - set(promised) <= {"annotations", "TYPE_CHECKING", "Any", "importlib"}


def test_the_version() -> None:
    assert mazefit.__version__.count(".") == 2
    assert "agents" in dir(mazefit)
    with pytest.raises(AttributeError, match="no attribute 'agent'"):
        _ = mazefit.agent


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(name: str) -> None:
    module = importlib.import_module(name)
    failed, _ = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert failed == 0


def calls(tree: ast.AST) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_pickle_no_eval_no_global_random_state(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    imported = {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names
    } | {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    if "checks" not in path.parts:  # the conformance kit asks whether an environment can be pickled
        assert "pickle" not in imported
    assert not imported & {"cloudpickle", "dill", "random", "shelve", "marshal"}
    assert not calls(tree) & {"eval", "exec", "np.random.seed", "np.random.rand", "torch.load", "np.random.random"}
    assert "allow_pickle=True" not in text
    assert "type: ignore" not in text


def test_every_public_thing_has_a_docstring() -> None:
    for name in ROOMS:
        room = importlib.import_module(name)
        for word in getattr(room, "__all__", []):
            thing = getattr(room, word)
            if callable(thing):
                assert thing.__doc__, f"{name}.{word}"
