"""A trace as named arrays and one header, and back: every array is held against the others before it is believed."""

from typing import TYPE_CHECKING, Any

import numpy as np

from mazefit.backup.rule import find_rule
from mazefit.errors import DataError

if TYPE_CHECKING:
    from mazefit.backup.trace import Trace

FORMAT = 1


def trace_content(trace: "Trace") -> dict[str, Any]:
    """What a saved trace holds: a header, and arrays by name."""
    frames = sorted(trace.keyframes)
    content: dict[str, Any] = {
        "header": {
            "format": FORMAT,
            "rule": trace.rule.name,
            "settings": trace.settings,
            "header": trace.header,
            "level": trace.options.level,
            "ring": trace.options.ring,
            "first": trace.rows.first,
            "end": trace.rows.end,
            "dropped": trace.first,
            "keyframes": frames,
            "tables": sorted(trace.base),
            "model": sorted(trace.model),
        }
    }
    content.update({f"row.{name}": trace.rows.column(name) for name in trace.rows.schema})
    content.update({f"detail.{name}": trace.details.column(name) for name in trace.details.schema})
    if trace.lengths is not None:
        content["lengths"] = trace.lengths
    content.update({f"base.{name}": table for name, table in trace.base.items()})
    content.update({f"model.{name}": array for name, array in trace.model.items()})
    for name, table in trace.base.items():
        kept = [trace.keyframes[row][name] for row in frames]
        content[f"keyframe.{name}"] = np.stack(kept) if kept else np.empty((0, len(table)))
    return content


def restored(content: dict[str, Any], where: str) -> "Trace":
    """The trace that such content holds.

    Raises:
        DataError: parts are missing, or do not fit each other.
    """
    try:
        return _restored(content)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{where}: expected a trace as mazefit writes it, got one that does not fit ({error})") from error


def _restored(content: dict[str, Any]) -> "Trace":
    from mazefit.backup.trace import Trace, TraceOptions

    header = content["header"]
    if header["format"] != FORMAT:
        raise DataError(f"trace: expected format {FORMAT}, got format {header['format']}")
    rule, settings, first, end = find_rule(header["rule"]), header["settings"], header["first"], header["end"]
    base = {name: content[f"base.{name}"] for name in header["tables"]}
    model = {name: content[f"model.{name}"] for name in header["model"]}
    rows = {name: content[f"row.{name}"] for name in rule.schema}
    rule.check(settings, model, base, rows)
    if not all(isinstance(number, int) for number in (first, end, *header["keyframes"])) or not 0 <= first <= end:
        raise ValueError("header: expected row numbers, got others")
    trace = Trace(rule, settings, base, model, header["header"], TraceOptions(header["level"], header["ring"]))
    for columns, prefix in ((trace.rows, "row"), (trace.details, "detail")):
        columns.restore(first, end, {name: content[f"{prefix}.{name}"] for name in columns.schema})
    trace.lengths = content.get("lengths")
    if trace.lengths is not None:
        fits = trace.lengths.dtype == np.int64 and trace.lengths.ndim == 1 and (trace.lengths > 0).all()
        if not fits or trace.lengths.sum() > end:
            raise ValueError(f"lengths: expected whole episodes of {end} steps at most, got others")
    for name, table in base.items():
        frames = content[f"keyframe.{name}"]
        if frames.dtype != np.float64 or frames.shape != (len(header["keyframes"]), len(table)):
            raise ValueError(f"keyframe {name}: expected {len(header['keyframes'])} tables of {len(table)}, got others")
    for i, row in enumerate(header["keyframes"]):
        if not first < row <= end:
            raise ValueError(f"keyframe: expected a row after {first} up to {end}, got {row}")
        trace.keyframes[row] = {name: content[f"keyframe.{name}"][i].copy() for name in base}
        rule.check(settings, model, trace.keyframes[row], {})
    trace.resume_at(header["dropped"])
    return trace
