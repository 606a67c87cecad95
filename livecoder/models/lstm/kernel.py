"""One step of a stack of LSTMs, compiled: an LSTM a call, an attention a call.

Private: arguments are trusted, shapes are not checked (see `models.compiled`). Vectors and matrices
are float32, or all of them float64. `bits` is room for `compiled.exps`: empty for float64.
"""

from __future__ import annotations

from livecoder.models.compiled import Kernel, dot, exps

__all__ = ["advance", "affine", "attend", "product"]


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
        gates[row] = bias[row] + dot(matrix[row], met)
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
    exps(gates, bits)
    for unit in range(units):
        candidate = two / (one + gates[2 * units + unit]) - one
        kept = cell[unit] / (one + gates[units + unit])
        cell[unit] = kept + candidate / (one + gates[unit])
        gates[unit] = -two * cell[unit]
    exps(gates[:units], bits)
    for unit in range(units):
        hidden[unit] = (two / (one + gates[unit]) - one) / (one + gates[3 * units + unit])


@Kernel
def affine(matrix, bias, met, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Put `matrix @ met + bias` into `out`."""
    for row in range(out.size):
        out[row] = bias[row] + dot(matrix[row], met)


@Kernel
def product(matrix, met, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Put `matrix @ met` into `out`."""
    for row in range(out.size):
        out[row] = dot(matrix[row], met)


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
        exps(row, bits)
        total = query.dtype.type(0)
        for a in range(size):
            total += score[a] / (one + row[a])
        scores[back] = total
    top = scores[0]
    for back in range(1, length):
        top = max(top, scores[back])
    for back in range(length):
        scores[back] -= top
    exps(scores, bits)
    total = query.dtype.type(0)
    for back in range(length):
        total += scores[back]
    for a in range(size):
        attended[a] = query.dtype.type(0)
    for back in range(length):
        share = scores[back] / total
        for a in range(size):
            attended[a] += share * outputs[back, a]
