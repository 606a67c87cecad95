"""A stack as it is trained: its gradients are autograd's, its names are those that are shipped."""

from __future__ import annotations

import pytest
import torch

from livecoder.core.errors import RangeError
from livecoder.models.lstm.network import Memory, Sparse, StackNetwork
from livecoder.models.lstm.recurrence import recur
from livecoder.models.lstm.shape import Attention, StackShape

PLAIN = StackShape(9, (6, 5), 7)
ATTENDED = StackShape(9, (6, 5), 7, Attention(4, "first", 6))


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)


def _recurred_plainly(gates_x, recurrent, hidden, cell):
    """Return the outputs of an LSTM as a textbook has them, for autograd to go back through."""
    outputs = []
    for gates_in in gates_x:
        enter, forget, candidate, leave = (gates_in + hidden @ recurrent.T).chunk(4, 1)
        cell = cell * forget.sigmoid() + enter.sigmoid() * candidate.tanh()
        hidden = leave.sigmoid() * cell.tanh()
        outputs.append(hidden)
    return torch.stack(outputs)


def test_the_gradient_of_an_lstm_is_autograd_s():
    torch.manual_seed(4)
    steps, streams, units = 9, 3, 5
    gates_x = torch.randn(steps, streams, 4 * units, requires_grad=True)
    recurrent = torch.randn(4 * units, units, requires_grad=True)
    hidden, cell = torch.randn(streams, units), torch.randn(streams, units)
    toward = torch.randn(steps, streams, units)
    wanted_out = _recurred_plainly(gates_x, recurrent, hidden, cell)
    wanted = torch.autograd.grad((wanted_out * toward).sum(), [gates_x, recurrent])
    out, last, _ = recur(gates_x, recurrent, hidden, cell)
    got = torch.autograd.grad((out * toward).sum(), [gates_x, recurrent])
    assert torch.allclose(out, wanted_out, atol=1e-6)
    assert torch.equal(last, out[-1])
    for one, other in zip(got, wanted, strict=True):
        assert float((one - other).norm() / other.norm()) < 1e-5
    with torch.no_grad():
        assert torch.equal(recur(gates_x, recurrent, hidden, cell)[0], out)


def test_half_as_many_bits_change_little():
    torch.manual_seed(5)
    gates_x = torch.randn(8, 4, 24, requires_grad=True)
    recurrent = (torch.randn(24, 6) / 4).requires_grad_()
    silent = torch.zeros(4, 6)
    whole = recur(gates_x, recurrent, silent, silent)[0]
    with torch.autocast("cpu", torch.bfloat16):
        halved = recur(gates_x, recurrent, silent, silent)[0]
    assert halved.dtype == torch.float32
    assert 0 < float((halved - whole).detach().abs().max()) < 0.05
    wanted = torch.autograd.grad(whole.sum(), recurrent)[0]
    got = torch.autograd.grad(halved.sum(), recurrent)[0]
    assert float((got - wanted).norm() / wanted.norm()) < 0.05


@pytest.mark.parametrize("shape", [PLAIN, ATTENDED], ids=["plain", "attended"])
def test_a_stack_has_the_tensors_that_are_shipped(shape):
    tensors = StackNetwork(shape).tensors()
    assert {name: tensor.shape for name, tensor in tensors.items()} == shape.layouts()


@pytest.mark.parametrize("shape", [PLAIN, ATTENDED], ids=["plain", "attended"])
def test_parts_with_memory_between_equal_the_whole(shape):
    torch.manual_seed(0)
    network = StackNetwork(shape).eval()
    inputs = torch.randn(17, 3, shape.inputs)
    with torch.inference_mode():
        together, _ = network(inputs, Memory.silent(shape, 3))
        memory, parts = Memory.silent(shape, 3), []
        for first in range(0, 17, 5):
            part, memory = network(inputs[first : first + 5], memory)
            parts.append(part)
    assert float((torch.cat(parts) - together).abs().max()) < 1e-5


def _spelled_out(network, inputs):
    """Return the logits of an attended stack as `shape` describes its tensors, step by step."""
    w = {name: torch.from_numpy(tensor) for name, tensor in network.tensors().items()}
    streams, length = inputs.shape[1], 4
    hidden0, cell0, attended = (torch.zeros(streams, 6) for _ in range(3))
    hidden1, cell1 = torch.zeros(streams, 5), torch.zeros(streams, 5)
    past, logits = [torch.zeros(streams, 6)] * length, []

    def lstm(layer, x, hidden, cell):
        gates = torch.cat([x, hidden], 1) @ w[f"{layer}.weight"].T + w[f"{layer}.bias"]
        enter, forget, candidate, leave = gates.chunk(4, 1)
        cell = cell * forget.sigmoid() + enter.sigmoid() * candidate.tanh()
        return leave.sigmoid() * cell.tanh(), cell

    def linear(name, *parts):
        return torch.cat(parts, 1) @ w[f"attention.{name}.weight"].T + w[f"attention.{name}.bias"]

    for x in inputs:
        hidden0, cell0 = lstm("layer0", linear("read", x, attended), hidden0, cell0)
        query = linear("query", cell0, hidden0)
        window = torch.stack(past[-length:])
        keys = window @ w["attention.key.weight"].T
        shares = torch.softmax(torch.tanh(keys + query) @ w["attention.score"], 0)
        attended = (shares[..., None] * window).sum(0)
        past.append(linear("write", hidden0, attended))
        hidden1, cell1 = lstm("layer1", past[-1], hidden1, cell1)
        logits.append(hidden1 @ w["classes.weight"].T + w["classes.bias"])
    return torch.stack(logits)


def test_a_stack_computes_what_its_tensors_are_said_to_mean():
    torch.manual_seed(1)
    network = StackNetwork(ATTENDED).eval()
    inputs = torch.randn(11, 2, 9)
    with torch.inference_mode():
        got, _ = network(inputs, Memory.silent(ATTENDED, 2))
        assert float((got - _spelled_out(network, inputs)).abs().max()) < 1e-5


def test_sparse_inputs_are_the_dense_ones():
    torch.manual_seed(2)
    network = StackNetwork(PLAIN).eval()
    dense = torch.zeros(3, 2, 9)
    dense[..., 4] = 1
    dense[1, 0, 7] = -0.5
    sparse = Sparse(
        torch.tensor([4, 7]).expand(3, 2, 2), torch.stack([dense[..., 4], dense[..., 7]], 2)
    )
    with torch.inference_mode():
        one, _ = network(dense, Memory.silent(PLAIN, 2))
        other, _ = network(sparse, Memory.silent(PLAIN, 2))
    assert torch.allclose(one, other, atol=1e-6)


def test_a_stream_that_begins_has_heard_nothing():
    torch.manual_seed(3)
    network = StackNetwork(ATTENDED).eval()
    inputs = torch.randn(6, 2, 9)
    with torch.inference_mode():
        _, memory = network(torch.randn(7, 2, 9), Memory.silent(ATTENDED, 2))
        got, _ = network(inputs, memory.keep(torch.tensor([0.0, 1.0])))
        anew, _ = network(inputs, Memory.silent(ATTENDED, 2))
    assert torch.allclose(got[:, 0], anew[:, 0], atol=1e-6)
    assert not torch.allclose(got[:, 1], anew[:, 1], atol=1e-3)


def test_attention_round_the_whole_stack_is_not_trained():
    with pytest.raises(RangeError, match="first"):
        StackNetwork(StackShape(9, (6, 5), 7, Attention(4, "all", 5)))
