"""Lanes as a type of Numba's: one vector of LLVM's, and its operators. Imports Numba; see lanes_compiled.py."""

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import lower_builtin, models, register_model

from mazefit.training.lanes import BYTES

INDEX = ir.IntType(32)


class Lanes(types.Type):
    """A register of `count` elements."""

    def __init__(self, element: Any, count: int) -> None:
        self.element, self.count = element, count
        super().__init__(name=f"Lanes({element}, {count})")


@register_model(Lanes)
class LanesModel(models.PrimitiveModel):
    """Lanes are a vector of LLVM's."""

    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, ir.VectorType(manager.lookup(kind.element).get_value_type(), kind.count))


def lanes_of(array: Any) -> Lanes:
    """The lanes that fit an array's elements."""
    return Lanes(array.dtype, BYTES * 8 // array.dtype.bitwidth)


def spread_value(builder: Any, value: Any, count: int) -> Any:
    """One value in all places of a vector; a vector as it is."""
    if isinstance(value.type, ir.VectorType):
        return value
    nothing = ir.Constant(ir.VectorType(value.type, count), ir.Undefined)
    first = builder.insert_element(nothing, value, INDEX(0))
    return builder.shuffle_vector(first, nothing, ir.Constant(ir.VectorType(INDEX, count), [0] * count))


def call_llvm(builder: Any, name: str, value: Any) -> Any:
    """A function of one number that LLVM knows, of a number or lane by lane."""
    vector = isinstance(value.type, ir.VectorType)
    element = value.type.element if vector else value.type
    suffix = (f"v{value.type.count}" if vector else "") + element.intrinsic_name
    function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(value.type, [value.type]), f"{name}.{suffix}")
    return builder.call(function, [value])


def _operator(symbol: Any, emit: Callable[..., Any], places: int) -> None:
    """An operator on lanes; between two, one side may be a number, which takes the precision of the lanes."""

    class Template(AbstractTemplate):
        def generic(self, args: Any, kws: Any) -> Any:
            found = [kind for kind in args if isinstance(kind, Lanes)]
            if len(args) != places or not found:
                return None
            return signature(found[0], *[kind if isinstance(kind, Lanes) else found[0].element for kind in args])

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return emit(builder, *[spread_value(builder, value, sig.return_type.count) for value in args])

    register: Any = infer_global(symbol)
    register(Template)
    for sides in ((Lanes,),) if places == 1 else ((Lanes, Lanes), (Lanes, types.Float), (types.Float, Lanes)):
        lower_builtin(symbol, *sides)(lower)


_operator(operator.add, lambda builder, a, b: builder.fadd(a, b), 2)
_operator(operator.sub, lambda builder, a, b: builder.fsub(a, b), 2)
_operator(operator.mul, lambda builder, a, b: builder.fmul(a, b), 2)
_operator(operator.truediv, lambda builder, a, b: builder.fdiv(a, b), 2)
_operator(operator.neg, lambda builder, a: builder.fneg(a), 1)
_operator(abs, lambda builder, a: call_llvm(builder, "llvm.fabs", a), 1)
