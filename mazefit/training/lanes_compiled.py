"""The compiled forms of lanes.py, by the same names: each is one or a few instructions of LLVM.

This module imports Numba; lanes.py imports it when something is compiled.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from mazefit.training.lanes_type import INDEX, Lanes, call_llvm, lanes_of, spread_value


def _address(context: Any, builder: Any, array_type: Any, array: Any, at: Any) -> tuple[Any, int]:
    """A pointer to the lanes at a place of an array, and how it is aligned."""
    data = context.make_array(array_type)(context, builder, array).data
    vector = context.get_value_type(lanes_of(array_type))
    return builder.bitcast(builder.gep(data, [at]), vector.as_pointer()), array_type.dtype.bitwidth // 8


@intrinsic
def width(typing: Any, array: Any) -> Any:
    """How many elements make one register."""
    count = lanes_of(array).count
    return types.intp(array), lambda context, builder, sig, args: context.get_constant(types.intp, count)


@intrinsic
def load(typing: Any, array: Any, at: Any) -> Any:
    """The lanes that begin at a place."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        pointer, align = _address(context, builder, array, *args)
        return builder.load(pointer, align=align)

    return lanes_of(array)(array, types.intp), emit


@intrinsic
def store(typing: Any, array: Any, at: Any, lanes: Any) -> Any:
    """Write lanes where they are to begin."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        pointer, align = _address(context, builder, array, args[0], args[1])
        builder.store(args[2], pointer, align=align)
        return context.get_dummy_value()

    return types.none(array, types.intp, lanes_of(array)), emit


@intrinsic
def spread(typing: Any, array: Any, number: Any) -> Any:
    """One number in all lanes."""
    lanes = lanes_of(array)
    return lanes(array, lanes.element), lambda context, builder, sig, args: spread_value(builder, args[1], lanes.count)


@intrinsic
def fold(typing: Any, lanes: Any) -> Any:
    """The sum: upper half onto lower half, until one is left."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        value, count = args[0], lanes.count
        while count > 1:
            count //= 2
            places = ir.VectorType(INDEX, count)
            lower = builder.shuffle_vector(value, value, ir.Constant(places, list(range(count))))
            upper = builder.shuffle_vector(value, value, ir.Constant(places, list(range(count, 2 * count))))
            value = builder.fadd(lower, upper)
        return builder.extract_element(value, INDEX(0))

    return lanes.element(lanes), emit


@intrinsic
def widen(typing: Any, lanes: Any) -> Any:
    """The same numbers in double precision."""
    wide = Lanes(types.float64, lanes.count)

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return args[0] if lanes == wide else builder.fpext(args[0], context.get_value_type(wide))

    return wide(lanes), emit


@intrinsic
def positive(typing: Any, lanes: Any, then: Any, otherwise: Any) -> Any:
    """One of two, by the sign."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        above = builder.fcmp_ordered(">", args[0], ir.Constant(args[0].type, [0.0] * lanes.count))
        return builder.select(above, *[spread_value(builder, value, lanes.count) for value in args[1:]])

    return lanes(lanes, *[kind if isinstance(kind, Lanes) else lanes.element for kind in (then, otherwise)]), emit


@intrinsic
def power_of_two(typing: Any, shifted: Any) -> Any:
    """2^k, by moving k to the exponent."""
    size, bits, one = (64, 52, 0x3FF << 52) if shifted.element == types.float64 else (32, 23, 0x7F << 23)

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kind = ir.VectorType(ir.IntType(size), shifted.count)
        moved = builder.shl(builder.bitcast(args[0], kind), ir.Constant(kind, [bits] * shifted.count))
        return builder.bitcast(builder.add(moved, ir.Constant(kind, [one] * shifted.count)), args[0].type)

    return shifted(shifted), emit


@intrinsic
def root(typing: Any, x: Any) -> Any:
    """√x of a number or of lanes."""
    return x(x), lambda context, builder, sig, args: call_llvm(builder, "llvm.sqrt", args[0])
