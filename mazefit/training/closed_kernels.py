"""The closed loop's kernels: the gradient of a batch, the update, the loop over epochs and their batches, and the outputs."""

import math
from typing import Any, NamedTuple

from mazefit.kernel import kernel
from mazefit.training.lanes import fold, load, positive, store, widen, width
from mazefit.training.network_pass import backward, deltas_of, forward
from mazefit.training.update_rules import adam, adam_rates, constant_rates, rmsprop, sgd

SQUARED, ABSOLUTE = 0, 1
LOSSES = {"mse": SQUARED, "l1": ABSOLUTE}
SGD, RMSPROP, ADAM = 0, 1, 2
OPTIMIZERS = {"sgd": SGD, "rmsprop": RMSPROP, "adam": ADAM}


class Points(NamedTuple):
    """The data, and in which order they are taken."""

    x: Any  # [row, input] flat
    y: Any  # [row, output] flat
    order: Any  # [epoch, place] flat: the rows of every epoch; empty: all rows as they stand
    taken: int  # how many places an epoch has
    batch: int  # how many of them make a batch


class State(NamedTuple):
    """What is learned, and room for its gradient; filled up to whole lanes."""

    parameters: Any
    first: Any  # moments
    second: Any
    gradient: Any
    sums: Any  # [parameter, lane] flat


class Choices(NamedTuple):
    """What is computed."""

    loss: int
    optimizer: int
    how: Any
    rows: int  # of a chunk


@kernel
def fetch(to: Any, rows: int, source: Any, features: int, order: Any, place: int, count: int) -> None:
    """Copy the `count` rows at `place` of the order into a chunk, feature by feature; the last of them again to fill it up."""
    for row in range(rows):
        at = place + min(row, count - 1)
        if len(order) > 0:
            at = order[at]
        for feature in range(features):
            to[feature * rows + row] = source[at * features + feature]


@kernel
def residuals(chunk: Any, at: int, to: int, size: int, rows: int, loss: int, share: float) -> float:
    """The loss, summed over the chunk's outputs, which begin at `at`; its gradients by them, times `share`, become deltas.

    mse: Σ r² and 2r;   l1: Σ |r| and sign r, where r = prediction - target.
    """
    total = 0.0
    for k in range(0, size, width(chunk.values)):
        r = (load(chunk.values, at + k) - load(chunk.targets, k)) * load(chunk.seen, k % rows)
        if loss == SQUARED:
            total += fold(widen(r * r))
            store(chunk.deltas, to + k, 2.0 * share * r)
        else:
            total += fold(widen(abs(r)))
            store(chunk.deltas, to + k, share * positive(r, 1.0, positive(-r, -1.0, 0.0 * r)))
    return total


@kernel
def batch_gradient(net: Any, chunk: Any, points: Any, state: Any, choices: Any, place: int, count: int) -> float:
    """The loss of the `count` rows at `place`, summed over rows and outputs; the gradient of its mean goes to the state."""
    rows, sums, parameters = choices.rows, state.sums, state.parameters
    last = len(net.activations)
    inputs, outputs = net.sizes[0], net.sizes[last]
    at, to = net.places[last] * rows, deltas_of(last - 1, chunk.deltas)
    share = 1.0 / (count * outputs)
    step = width(sums)
    for k in range(len(sums)):
        sums[k] = 0.0
    total = 0.0
    for first in range(0, count, rows):
        here = min(rows, count - first)
        fetch(chunk.values, rows, points.x, inputs, points.order, place + first, here)
        fetch(chunk.targets, rows, points.y, outputs, points.order, place + first, here)
        for row in range(rows):
            chunk.seen[row] = 1.0 if row < here else 0.0
        forward(net, chunk.values, rows, parameters)
        total += residuals(chunk, at, to, outputs * rows, rows, choices.loss, share)
        backward(net, chunk, rows, parameters, sums)
    for k in range(len(sums) // step):
        state.gradient[k] = fold(load(sums, k * step))
    return total


@kernel
def update(state: Any, choices: Any, step: float) -> None:
    """One step of the optimizer; its number counts from 1."""
    how, kind = choices.how, choices.optimizer
    rates = constant_rates(step, how)
    if kind == ADAM:
        rates = adam_rates(step, how)
    for k in range(0, len(state.parameters), width(state.parameters)):
        w, g = load(state.parameters, k), load(state.gradient, k)
        a, b = load(state.first, k), load(state.second, k)
        if kind == ADAM:
            w, a, b = adam(w, g, a, b, rates, how)
        elif kind == RMSPROP:
            w, a, b = rmsprop(w, g, a, b, rates, how)
        else:
            w, a, b = sgd(w, g, a, b, rates, how)
        store(state.parameters, k, w)
        store(state.first, k, a)
        store(state.second, k, b)


@kernel
def epochs(net: Any, chunk: Any, points: Any, state: Any, choices: Any, step: int, losses: Any) -> tuple[int, int]:
    """Run len(losses) epochs after `step` steps; returns how many epochs were begun, and the steps by then.

    A batch whose loss is no finite number ends the loop before its update; the last loss that was written is none, then.
    """
    outputs = net.sizes[len(net.activations)]
    for epoch in range(len(losses)):
        total = 0.0
        for first in range(0, points.taken, points.batch):
            place = first + (epoch * points.taken if len(points.order) > 0 else 0)
            total += batch_gradient(net, chunk, points, state, choices, place, min(points.batch, points.taken - first))
            if not math.isfinite(total):
                losses[epoch] = total
                return epoch + 1, step
            step += 1
            update(state, choices, float(step))
        losses[epoch] = total / (points.taken * outputs)
    return len(losses), step


@kernel
def outputs(net: Any, chunk: Any, points: Any, parameters: Any, rows: int, to: Any) -> None:
    """The network's outputs for all rows, [row, output] flat."""
    last = len(net.activations)
    for first in range(0, points.taken, rows):
        here = min(rows, points.taken - first)
        fetch(chunk.values, rows, points.x, net.sizes[0], points.order, first, here)
        forward(net, chunk.values, rows, parameters)
        for row in range(here):
            for output in range(net.sizes[last]):
                to[(first + row) * net.sizes[last] + output] = chunk.values[(net.places[last] + output) * rows + row]
