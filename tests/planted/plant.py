"""How a mistake is planted: a piece of a kernel's source is exchanged, for one test, in the loop and in replay alike."""

import inspect
import textwrap
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import pytest

from mazefit.kernel import Kernel


@dataclass(frozen=True)
class Bug:
    """A classic mistake.

    Args:
        name: what is wrong.
        kernel: where it is planted.
        right: a piece of that kernel's source, which stands there once.
        wrong: what stands there instead.
        case: the learner or planner that shows it (a name in checks.CASES).
        falls: the checks that fall, all of them.
        wild: in which code it was found (as evidence that it is made, not that it is still there).
    """

    name: str
    kernel: Kernel
    right: str
    wrong: str
    case: str
    falls: frozenset[str]
    wild: str = ""


def mistaken(kernel: Kernel, right: str, wrong: str) -> Any:
    """The function of a kernel with `wrong` in the place of `right`; it sees the same names as the kernel does."""
    function = kernel.function
    source = textwrap.dedent(inspect.getsource(function))
    assert source.count(right) == 1, f"{function.__name__}: {right!r} stands there {source.count(right)} times, not once"
    body = source.replace(right, wrong)
    module = compile(body[body.index("def ") :], function.__code__.co_filename, "exec")
    code = next(constant for constant in module.co_consts if getattr(constant, "co_name", "") == function.__name__)
    return FunctionType(code, function.__globals__, function.__name__, function.__defaults__)


def plant(patch: pytest.MonkeyPatch, bug: Bug) -> None:
    """Put the mistake where every caller meets it: the kernel stays the same object, its source is another."""
    patch.setattr(bug.kernel, "function", mistaken(bug.kernel, bug.right, bug.wrong))
    patch.setattr(bug.kernel, "_plain", None)
    patch.setattr(bug.kernel, "_variants", {})
