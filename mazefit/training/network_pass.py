"""A network of dense layers, forward and backward over one chunk of rows, feature by feature.

    forward    f_l = σ_l(W_l f_(l-1) + b_l)
    backward   δ_l = σ'_l ∘ ∂f_l,  ∂W_l = δ_l f_(l-1)ᵀ,  ∂b_l = Σ δ_l,  ∂f_(l-1) = W_lᵀ δ_l

A chunk holds as many rows as the processor's caches keep. A feature's rows lie side by side and are computed with as lanes,
four registers at a time. Gradients are summed lane by lane over all chunks; the lanes are folded at the end.

Reference: Rumelhart, Hinton & Williams (1986), Learning representations by back-propagating errors.
"""

from typing import Any, NamedTuple

from mazefit.kernel import kernel
from mazefit.training.activations import activate, sensitivity
from mazefit.training.lanes import load, spread, store, width


class Net(NamedTuple):
    """Where a network's numbers lie: parameters are flat, layer by layer W [outputs, inputs], then b [outputs]."""

    sizes: Any  # [layers + 1]: inputs, widths, outputs
    places: Any  # [layers + 1]: how many features lie before a layer's in the values of a chunk
    activations: Any  # [layers]: codes
    slopes: Any  # [layers]
    weights: Any  # [layers]: where W begins
    biases: Any  # [layers]: where b begins
    next: int  # 1: how far apart the weights lie that meet in one output


class Chunk(NamedTuple):
    """Room for one chunk of rows."""

    values: Any  # [feature, row] flat: the inputs, then every layer's outputs
    deltas: Any  # [2, widest, row] flat: gradients by the outputs of two neighbouring layers
    targets: Any  # [output, row] flat
    seen: Any  # [row]: 1, or 0 where a row only fills up the lanes


@kernel
def combine(
    to: Any, at: int, source: Any, start: int, count: int, rows: int, weights: Any, first: int, stride: int, base: float
) -> None:
    """to[at : at + rows] = base + Σ_i weights[first + i · stride] · source[start + i · rows : start + (i + 1) · rows]."""
    step = width(to)
    row = 0
    while row + 4 * step <= rows:
        a = spread(to, base)
        b, c, d = a, a, a
        k, w = start + row, first
        for _ in range(count):
            weight = weights[w]
            a = a + weight * load(source, k)
            b = b + weight * load(source, k + step)
            c = c + weight * load(source, k + 2 * step)
            d = d + weight * load(source, k + 3 * step)
            k += rows
            w += stride
        store(to, at + row, a)
        store(to, at + row + step, b)
        store(to, at + row + 2 * step, c)
        store(to, at + row + 3 * step, d)
        row += 4 * step
    while row < rows:
        a = spread(to, base)
        k, w = start + row, first
        for _ in range(count):
            a = a + weights[w] * load(source, k)
            k += rows
            w += stride
        store(to, at + row, a)
        row += step


@kernel
def correlate(sums: Any, at: int, deltas: Any, d: int, values: Any, v: int, rows: int) -> None:
    """sums[at : at + width] += Σ_rows deltas[d + row] · values[v + row], lane by lane."""
    step = width(sums)
    total = load(sums, at)
    for row in range(0, rows, step):
        total = total + load(deltas, d + row) * load(values, v + row)
    store(sums, at, total)


@kernel
def correlate_two(sums: Any, at: int, deltas: Any, d: int, values: Any, v: int, rows: int) -> None:
    """The same with the feature that begins at `v` and with the next one."""
    step = width(sums)
    one, other = load(sums, at), load(sums, at + step)
    for row in range(0, rows, step):
        delta = load(deltas, d + row)
        one = one + delta * load(values, v + row)
        other = other + delta * load(values, v + rows + row)
    store(sums, at, one)
    store(sums, at + step, other)


@kernel
def add_up(sums: Any, at: int, deltas: Any, d: int, rows: int) -> None:
    """sums[at : at + width] += Σ_rows deltas[d + row], lane by lane."""
    total = load(sums, at)
    for row in range(0, rows, width(sums)):
        total = total + load(deltas, d + row)
    store(sums, at, total)


@kernel
def forward(net: Any, values: Any, rows: int, parameters: Any) -> None:
    """Fill in the values of all layers."""
    for layer in range(len(net.activations)):
        inputs, outputs = net.sizes[layer], net.sizes[layer + 1]
        at, to = net.places[layer] * rows, net.places[layer + 1] * rows
        for output in range(outputs):
            weight = net.weights[layer] + output * inputs
            base = 0.0 + parameters[net.biases[layer] + output]
            combine(values, to + output * rows, values, at, inputs, rows, parameters, weight, net.next, base)
        activate(values, to, to + outputs * rows, net.activations[layer], net.slopes[layer])


@kernel
def backward(net: Any, chunk: Any, rows: int, parameters: Any, sums: Any) -> None:
    """Add this chunk's gradients to `sums`; in its deltas stand the gradients by the outputs, where `deltas_of` tells."""
    values, deltas = chunk.values, chunk.deltas
    step = width(values)
    for layer in range(len(net.activations) - 1, -1, -1):
        inputs, outputs = net.sizes[layer], net.sizes[layer + 1]
        at, to = net.places[layer] * rows, net.places[layer + 1] * rows
        here, there = deltas_of(layer, deltas), deltas_of(layer + 1, deltas)
        sensitivity(deltas, here, values, to, to + outputs * rows, net.activations[layer], net.slopes[layer])
        for output in range(outputs):
            weight, delta = net.weights[layer] + output * inputs, here + output * rows
            for feature in range(0, inputs - 1, 2):
                correlate_two(sums, (weight + feature) * step, deltas, delta, values, at + feature * rows, rows)
            if inputs % 2 == 1:
                correlate(sums, (weight + inputs - 1) * step, deltas, delta, values, to - rows, rows)
            add_up(sums, (net.biases[layer] + output) * step, deltas, delta, rows)
        if layer > 0:
            for feature in range(inputs):
                weight = net.weights[layer] + feature
                combine(deltas, there + feature * rows, deltas, here, outputs, rows, parameters, weight, inputs, 0.0)


@kernel
def deltas_of(layer: int, deltas: Any) -> int:
    """Where the gradients by this layer's outputs begin: neighbours take turns."""
    return layer % 2 * (len(deltas) // 2)
