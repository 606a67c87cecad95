"""Functions compiled to machine code when they are first called: the inner loops of the networks.

Private: arguments are trusted, shapes are not checked. Importing this module imports numba. All of
it is one file because numba compiles anew what it kept when the file of the function has changed,
and knows of no other.

LSTMs: vectors and matrices are float32, or all of them float64; `bits` is room for `_exps`, empty
for float64. The transformer: one token, all blocks in one call; keys and values lie with places
innermost, `[layers, heads, across, window]`, so that one head's scores are reckoned side by side.

A matrix may also be the bits of numbers in half precision, uint16, where `reads_halves` says so:
most of what a step costs is the way of its weights from memory, which is then half as long. The
numbers are the same.

Sums may be taken in any order (so that the processor adds eight numbers at once), but the order
follows from the sizes alone: the same numbers in give the same numbers out, to the bit.
"""

from __future__ import annotations

import contextlib
import platform
from collections.abc import Callable
from typing import Any

import llvmlite.binding
import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic, overload

__all__ = ["Kernel", "advance", "affine", "attend", "hear", "product", "reads_halves"]

_LOOSE = {"reassoc", "contract", "nsz", "arcp"}
"""What the compiler may do to sums."""


class Kernel:
    """A function compiled once, from the disk's copy where there is one."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self.compiled = njit(fastmath=_LOOSE)(function)
        # numba refuses at once when no folder for its cache can be written.
        with contextlib.suppress(RuntimeError):
            self.compiled = njit(cache=True, fastmath=_LOOSE)(function)

    def __call__(self, *arguments: Any) -> Any:
        """Compute; the first call compiles."""
        try:
            return self.compiled(*arguments)
        except OSError:  # the cache's disk is full, or was made read-only meanwhile
            self.compiled = njit(fastmath=_LOOSE)(self._function)
            return self.compiled(*arguments)


def reads_halves() -> bool:
    """Whether this processor takes numbers in half precision as quickly as others.

    Those of Intel and AMD that have F16C do, which nearly all have that are younger than 2013; and
    every ARM of 64 bits.
    """
    if platform.machine().lower() in ("arm64", "aarch64"):
        return True
    return bool(llvmlite.binding.get_host_cpu_features().get("f16c", False))


@intrinsic
def _widened(_context, bits):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, ARG001
    """Return the float32 that is the number of half precision with these bits, uint16."""

    def generate(_context, builder, _signature, arguments):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        half = builder.bitcast(arguments[0], ir.HalfType())
        return builder.fpext(half, ir.FloatType())

    return types.float32(types.uint16), generate


def _number(weight: Any) -> Any:
    """Return a weight as a number to reckon with."""
    return weight


@overload(_number, inline="always")
def _number_of(weight):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    if weight == types.uint16:
        return lambda weight: _widened(weight)  # type: ignore[call-arg]
    return lambda weight: weight


@njit(fastmath=_LOOSE)
def _dot(weights, second):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Return the sum of products."""
    total = second.dtype.type(0)
    for i in range(second.size):
        total += _number(weights[i]) * second[i]
    return total


@njit(fastmath=_LOOSE)
def _exps(values, bits):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Put e to the power of each value, held between -87 and 87, in its place.

    To seven digits. The C library takes one number at a time; this way the processor takes eight: a
    power of two by its bits, and a polynomial for what is left (S. Moshier, Cephes, `expf`).

    Args:
        values: of float32, or of float64 if `bits` is empty: those are left to the C library.
        bits: int32, at least as many as there are values; overwritten.
    """
    if bits.size == 0:
        for j in range(values.size):
            values[j] = np.exp(values[j])
        return
    powers = bits.view(np.float32)
    for j in range(values.size):
        power = min(max(np.float32(values[j]), np.float32(-87)), np.float32(87))
        whole = np.floor(power * np.float32(1.4426950408889634) + np.float32(0.5))
        rest = power - whole * np.float32(0.693359375) + whole * np.float32(2.12194440e-4)
        near = np.float32(1.9875691500e-4) * rest + np.float32(1.3981999507e-3)
        near = near * rest + np.float32(8.3334519073e-3)
        near = near * rest + np.float32(4.1665795894e-2)
        near = near * rest + np.float32(1.6666665459e-1)
        near = near * rest + np.float32(5.0000001201e-1)
        values[j] = near * rest * rest + rest + np.float32(1)
        bits[j] = (np.int32(whole) + np.int32(127)) << np.int32(23)
    for j in range(values.size):
        values[j] *= powers[j]


@Kernel
def advance(  # type: ignore[no-untyped-def]  # noqa: ANN201
    matrix,  # noqa: ANN001
    bias,  # noqa: ANN001
    columns,  # noqa: ANN001
    indices,  # noqa: ANN001
    values,  # noqa: ANN001
    met,  # noqa: ANN001
    cell,  # noqa: ANN001
    hidden,  # noqa: ANN001
    gates,  # noqa: ANN001
    bits,  # noqa: ANN001
):
    """Advance an LSTM's cell and hidden vectors in place.

    Args:
        matrix: to gates (input, forget, cell, output), `[4H, M]`.
        bias: `[4H]`.
        columns: what each number of a wide input adds to the gates, `[I, 4H]`.
        indices: of the numbers that are not 0.
        values: those numbers.
        met: what the matrix meets, `[M]`.
        cell: `[H]`.
        hidden: `[H]`; may be a part of `met`.
        gates: room, `[4H]`.
        bits: room, `[4H]`.
    """
    units = cell.size
    one, two = cell.dtype.type(1), cell.dtype.type(2)
    for row in range(4 * units):
        gates[row] = bias[row] + _dot(matrix[row], met)
    for number in range(indices.size):
        column, value = columns[indices[number]], values[number]
        for row in range(4 * units):
            gates[row] += value * column[row]
    for row in range(2 * units):
        gates[row] = -gates[row]
    for row in range(2 * units, 3 * units):
        gates[row] *= -two  # tanh(x) is twice the logistic function of 2x, less one
    for row in range(3 * units, 4 * units):
        gates[row] = -gates[row]
    _exps(gates, bits)
    for unit in range(units):
        candidate = two / (one + gates[2 * units + unit]) - one
        kept = cell[unit] / (one + gates[units + unit])
        cell[unit] = kept + candidate / (one + gates[unit])
        gates[unit] = -two * cell[unit]
    _exps(gates[:units], bits)
    for unit in range(units):
        hidden[unit] = (two / (one + gates[unit]) - one) / (one + gates[3 * units + unit])


@Kernel
def affine(matrix, bias, met, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Put `matrix @ met + bias` into `out`."""
    for row in range(out.size):
        out[row] = bias[row] + _dot(matrix[row], met)


@Kernel
def product(matrix, met, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Put `matrix @ met` into `out`."""
    for row in range(out.size):
        out[row] = _dot(matrix[row], met)


@Kernel
def attend(query, score, keys, outputs, attended, row, scores, bits):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Look back over outputs, and put their mean, weighted by how they answer, into `attended`.

    Args:
        query: `[A]`.
        score: of a key and a query, `[A]`.
        keys: of the outputs, `[L, A]`.
        outputs: `[L, A]`.
        attended: `[A]`.
        row: room, `[A]`.
        scores: room, `[L]`.
        bits: room, `[max(A, L)]`.
    """
    one = query.dtype.type(1)
    length, size = keys.shape
    for back in range(length):
        for a in range(size):
            row[a] = -(keys[back, a] + query[a])
        _exps(row, bits)
        total = query.dtype.type(0)
        for a in range(size):
            total += score[a] / (one + row[a])
        scores[back] = total
    top = scores[0]
    for back in range(1, length):
        top = max(top, scores[back])
    for back in range(length):
        scores[back] -= top
    _exps(scores, bits)
    total = query.dtype.type(0)
    for back in range(length):
        total += scores[back]
    for a in range(size):
        attended[a] = query.dtype.type(0)
    for back in range(length):
        share = scores[back] / total
        for a in range(size):
            attended[a] += share * outputs[back, a]


@njit(fastmath=_LOOSE)
def _normal(stream, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    # As torch's layer_norm, without parameters.
    size = np.float32(stream.size)
    mean = np.float32(0)
    for i in range(stream.size):
        mean += stream[i]
    mean /= size
    spread = np.float32(0)
    for i in range(stream.size):
        spread += (stream[i] - mean) * (stream[i] - mean)
    scale = np.float32(1) / np.sqrt(spread / size + np.float32(1e-5))
    for i in range(stream.size):
        out[i] = (stream[i] - mean) * scale


@njit(fastmath=_LOOSE)
def _look_back(query, keys, values, approach, here, scale, scores, bits, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Let one head look back from place `here`; arrays are of this head alone."""
    away = approach.shape[1] - 1 - here
    for j in range(here + 1):
        scores[j] = np.float32(0)
    for c in range(query.size):
        weight = query[c] * scale
        key = keys[c]
        near = approach[c, away:]
        for j in range(here + 1):
            scores[j] += weight * (key[j] + near[j])
    top = scores[0]
    for j in range(1, here + 1):
        top = max(top, scores[j])
    for j in range(here + 1):
        scores[j] -= top
    _exps(scores[: here + 1], bits)
    total = np.float32(0)
    for j in range(here + 1):
        total += scores[j]
    share = np.float32(1) / total
    for c in range(query.size):
        out[c] = _dot(scores[: here + 1], values[c, : here + 1]) * share


@Kernel
def hear(  # type: ignore[no-untyped-def]  # noqa: ANN201
    read,  # noqa: ANN001
    attention,  # noqa: ANN001
    attention_bias,  # noqa: ANN001
    approach,  # noqa: ANN001
    mix,  # noqa: ANN001
    up,  # noqa: ANN001
    up_bias,  # noqa: ANN001
    down,  # noqa: ANN001
    classes,  # noqa: ANN001
    classes_bias,  # noqa: ANN001
    keys,  # noqa: ANN001
    values,  # noqa: ANN001
    here,  # noqa: ANN001
):
    """Return the logits of what follows a token at place `here`; its keys and values are added.

    Args:
        read: the sum of its tables, `[width]`; used up.
        attention: to query, key and value, `[layers, 3 * width, width]`.
        attention_bias: `[layers, 3 * width]`.
        approach: what distances say, far first, `[layers, heads, across, window]`.
        mix: `[layers, width, width]`.
        up: `[layers, inner, width]`.
        up_bias: `[layers, inner]`.
        down: `[layers, width, inner]`.
        classes: `[310, width]`.
        classes_bias: `[310]`.
        keys: `[layers, heads, across, window]`.
        values: the same.
        here: place of the token in the window, 0 to `window - 1`.
    """
    layers, heads, across, window = keys.shape
    width = read.size
    inner = up.shape[1]
    scale = np.float32(1) / np.sqrt(np.float32(across))
    normal = np.empty(width, np.float32)
    met = np.empty(3 * width, np.float32)
    attended = np.empty(width, np.float32)
    bent = np.empty(inner, np.float32)
    scores = np.empty(window, np.float32)
    bits = np.empty(window, np.int32)
    stream = np.empty(width, np.float32)
    _normal(read, stream)
    for layer in range(layers):
        _normal(stream, normal)
        for row in range(3 * width):
            met[row] = attention_bias[layer, row] + _dot(attention[layer, row], normal)
        for head in range(heads):
            first = head * across
            for c in range(across):
                keys[layer, head, c, here] = met[width + first + c]
                values[layer, head, c, here] = met[2 * width + first + c]
            _look_back(
                met[first : first + across],
                keys[layer, head],
                values[layer, head],
                approach[layer, head],
                here,
                scale,
                scores,
                bits,
                attended[first : first + across],
            )
        for row in range(width):
            stream[row] += _dot(mix[layer, row], attended)
        _normal(stream, normal)
        for row in range(inner):
            above = max(np.float32(0), up_bias[layer, row] + _dot(up[layer, row], normal))
            bent[row] = above * above
        for row in range(width):
            stream[row] += _dot(down[layer, row], bent)
    _normal(stream, normal)
    logits = np.empty(classes.shape[0], np.float32)
    for row in range(logits.size):
        logits[row] = classes_bias[row] + _dot(classes[row], normal)
    return logits
