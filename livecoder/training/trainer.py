"""Trains any stack of LSTMs: the loop, its checkpoints, its held-out figure.

Conventions: losses are nats per event. Everything a run needs to go on exactly where it stopped
is in its checkpoint, a safetensors file: parameters, Adam's moments, the running mean of the
parameters (which is what is shipped), the memory of every lane, the place in the corpus, and the
state of torch's generator.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from livecoder.core.errors import ModelFileError
from livecoder.models.containers.tensors import Layout, read_file
from livecoder.models.lstm.network import Memory, Sparse, StackNetwork
from livecoder.training.family import Family, Fed, Plan
from livecoder.training.lanes import PAST, Batch, Dealer, whole
from livecoder.training.learning import Progress, keep
from livecoder.training.pieces import Pieces

__all__ = ["HeldOut", "Trainer", "held_out", "write_weights"]

_WARM_UP = 50  # steps
_CLIP = 1.0
_MEAN_OVER = 0.995
_AT_ONCE = 256  # steps of a forward pass when judging


class HeldOut(NamedTuple):
    """Mean nats per event on a split.

    Attributes:
        nats: of all events.
        by_source: for each data set alone, by its key.
        events: how many were scored.
    """

    nats: float
    by_source: dict[str, float]
    events: int


class Trainer:
    """One run of training; iterate it for a `Progress` a step until the plan is done.

    Args:
        family: what to train.
        pieces: what to learn.
        plan: how.
        now: seconds, from a clock that never jumps.
    """

    def __init__(
        self,
        family: Family,
        pieces: Pieces,
        plan: Plan,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        torch.manual_seed(plan.seed)
        self.family = family
        self.pieces = pieces
        self.plan = plan
        self.network = StackNetwork(family.shape, dropout=plan.dropout)
        self.network.expect(_shares(family, pieces))
        self.mean = StackNetwork(family.shape)
        self.mean.load_state_dict(self.network.state_dict())
        self.mean.requires_grad_(requires_grad=False).eval()
        self.history: list[dict[str, float]] = []
        # Every plan the run has had, with the step it began at: a resumed run may have another.
        self.plans: list[dict[str, Any]] = [{"from_step": 0, **asdict(plan)}]
        self._now = now
        self._halved = plan.halved and halves_are_quicker()
        matrices = [p for p in self.network.parameters() if p.ndim > 1]
        vectors = [p for p in self.network.parameters() if p.ndim == 1]
        self._adam = torch.optim.AdamW(
            [
                {"params": matrices, "weight_decay": plan.decay},
                {"params": vectors, "weight_decay": 0.0},
            ],
            lr=plan.rate,
            betas=(0.9, 0.98),
        )
        self._dealer = Dealer(family, pieces, lanes=plan.lanes, steps=plan.chunk, seed=plan.seed)
        self._memory = Memory.silent(family.shape, plan.lanes)
        self._step = 0
        self._seconds = 0.0
        self._loss = math.nan

    @property
    def standing(self) -> Progress:
        """Where the run stands."""
        return Progress(self._step, self._dealer.epochs, self._loss, self._done(), self._seconds)

    def __iter__(self) -> Iterator[Progress]:
        while (done := self._done()) < 1:
            begun = self._now()
            self._loss = self._learn(self._dealer.batch(), self._rate(done))
            self._seconds += self._now() - begun
            yield self.standing

    def _done(self) -> float:
        if self.plan.steps is not None:
            return self._step / self.plan.steps
        return self._seconds / (self.plan.minutes * 60)

    def _rate(self, done: float) -> float:
        warm = min(1.0, (self._step + 1) / _WARM_UP)
        return self.plan.rate * warm * (0.02 + 0.98 * (1 + math.cos(math.pi * done)) / 2)

    def _learn(self, batch: Batch, rate: float) -> float:
        """Take one step of Adam; return the loss."""
        self.network.train()
        for group in self._adam.param_groups:
            group["lr"] = rate
        memory = self._memory.keep(torch.from_numpy(batch.going_on))
        with torch.autocast("cpu", torch.bfloat16, enabled=self._halved):
            logits, memory = self.network(_sparse(batch.inputs), memory)
        loss = torch.nn.functional.cross_entropy(
            logits.float().flatten(0, 1),
            torch.from_numpy(batch.classes).flatten(),
            ignore_index=PAST,
        )
        self._adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), _CLIP)
        self._adam.step()
        self._memory = memory.keep(torch.ones(self.plan.lanes))
        self._step += 1
        with torch.no_grad():
            share = 1 - min(_MEAN_OVER, self._step / (self._step + 10))
            for mean, now in zip(self.mean.parameters(), self.network.parameters(), strict=True):
                mean.lerp_(now, share)
        return float(loss.detach())

    def save(self, path: Path) -> None:
        """Write a checkpoint; an older one stays whole until the new one is."""
        tensors: dict[str, NDArray[Any]] = dict(self._dealer.place())
        for name, tensor in self._tensors().items():
            tensors[name] = tensor.detach().numpy()
        tensors["generator"] = torch.get_rng_state().numpy()
        metadata = {
            "model": self.family.name,
            "plans": json.dumps(self.plans),
            "step": str(self._step),
            "seconds": repr(self._seconds),
            "history": json.dumps(self.history),
        }
        keep(path, tensors, metadata)

    def resume(self, path: Path) -> None:
        """Go on from a checkpoint, exactly.

        Raises:
            ModelFileError: it is not one of a network and plan like this.
        """
        wanted = self._tensors()
        layouts = {name: Layout("F32", tuple(tensor.shape)) for name, tensor in wanted.items()}
        layouts["lanes"] = Layout("I64", (self.plan.lanes, 4))
        layouts["dealt"] = Layout("I64", (1,))
        layouts["generator"] = Layout("U8", (len(torch.get_rng_state()),))
        tensors, metadata = read_file(
            path, layouts, largest=2**28, fix="train from the start with --fresh"
        )
        try:
            step, seconds = int(metadata["step"]), float(metadata["seconds"])
            history, earlier = json.loads(metadata["history"]), json.loads(metadata["plans"])
        except (KeyError, ValueError) as error:
            message = f"{path} is no checkpoint of this training; train from the start with --fresh"
            raise ModelFileError(message) from error
        with torch.no_grad():
            for name, tensor in wanted.items():
                if not name.startswith("memory."):
                    tensor.copy_(torch.from_numpy(tensors[name]))
        parts = {
            name.removeprefix("memory."): torch.from_numpy(tensor)
            for name, tensor in tensors.items()
            if name.startswith("memory.")
        }
        self._memory = Memory.of(parts, len(self.family.shape.units))
        self._step, self._seconds, self.history = step, seconds, history
        now = {"from_step": step, **asdict(self.plan)}
        same = {**earlier[-1], "from_step": step} == now
        self.plans = earlier if same else [*earlier, now]
        for state in self._adam.state.values():
            state["step"].fill_(step)
        self._dealer.resume(tensors["lanes"], tensors["dealt"])
        torch.set_rng_state(torch.from_numpy(tensors["generator"]))

    def _tensors(self) -> dict[str, Tensor]:
        """Return every tensor of the run by name, as it is (not a copy)."""
        tensors: dict[str, Tensor] = {}
        for name, parameter in self.network.named_parameters():
            tensors[f"network.{name}"] = parameter
            state = self._adam.state[parameter]
            if not state:  # Adam makes these at its first step; a run may be kept before that
                state["step"] = torch.tensor(0.0)
                state["exp_avg"] = torch.zeros_like(parameter)
                state["exp_avg_sq"] = torch.zeros_like(parameter)
            tensors[f"first.{name}"] = state["exp_avg"]
            tensors[f"second.{name}"] = state["exp_avg_sq"]
        for name, parameter in self.mean.named_parameters():
            tensors[f"mean.{name}"] = parameter
        for name, part in self._memory.tensors().items():
            tensors[f"memory.{name}"] = part
        return tensors


def _shares(family: Family, pieces: Pieces) -> NDArray[np.float64]:
    """Return how often each class is the answer, of up to 200 pieces of the training split."""
    often = np.ones(family.shape.classes)
    for number in pieces.of_split("train")[:200].tolist():
        classes = family.answers(pieces.piece(number), np.array(pieces.middle(number)))
        often += np.bincount(classes, minlength=len(often))
    return np.asarray(often / often.sum(), np.float64)


def halves_are_quicker() -> bool:
    """Return whether this processor multiplies bfloat16 quicker than float32: some are far slower.

    The quickest of three small products decides, in time of this thread alone.
    """

    def quickest(kind: torch.dtype) -> float:
        left, right = torch.ones(64, 256, dtype=kind), torch.ones(256, 1024, dtype=kind)
        taken = []
        for _ in range(3):
            begun = time.thread_time()
            for _ in range(4):
                left @ right
            taken.append(time.thread_time() - begun)
        return min(taken)

    with torch.inference_mode():
        return quickest(torch.bfloat16) < quickest(torch.float32)


def held_out(
    network: StackNetwork,
    family: Family,
    pieces: Pieces,
    split: str,
    *,
    limit: int | None = None,
    lot: float | None = None,
) -> HeldOut:
    """Return the nats per event of a network on a split, every piece heard whole from silence.

    Args:
        network: any of the family's shape; dropout is off.
        family: how rows become inputs.
        pieces: where the split is.
        split: "valid" or "test".
        limit: score only so many pieces, evenly chosen; None for all.
        lot: what is withheld, as `Family.feed` says; nothing unless given.
    """
    network.eval()
    sums = np.zeros((len(family.sources), 2))  # nats, events
    with torch.inference_mode():
        for batch in whole(family, pieces, split, limit=limit, lot=lot):
            memory = Memory.silent(family.shape, len(batch.numbers))
            source = pieces.source[batch.numbers]
            for first in range(0, len(batch.classes), _AT_ONCE):
                part = slice(first, first + _AT_ONCE)
                inputs = Fed(batch.inputs.indices[part], batch.inputs.values[part])
                logits, memory = network(_sparse(inputs), memory)
                classes = torch.from_numpy(batch.classes[part])
                nats = torch.nn.functional.cross_entropy(
                    logits.flatten(0, 1), classes.flatten(), ignore_index=PAST, reduction="none"
                )
                by_lane = nats.view(classes.shape).double().sum(0).numpy()
                counted = (classes != PAST).sum(0).numpy()
                np.add.at(sums, source, np.stack([by_lane, counted], 1))
    total = sums.sum(0)
    by_source = {
        known.key: float(row[0] / row[1])
        for known, row in zip(family.sources, sums, strict=True)
        if row[1]
    }
    return HeldOut(float(total[0] / total[1]), by_source, int(total[1]))


def _sparse(inputs: Fed) -> Sparse:
    return Sparse(torch.from_numpy(inputs.indices), torch.from_numpy(inputs.values))


def write_weights(network: StackNetwork, family: Family, path: Path, *, step: int) -> None:
    """Write a network's parameters, in float16, as `livecoder.models.load_model` reads them."""
    tensors = {name: tensor.astype(np.float16) for name, tensor in network.tensors().items()}
    metadata = family.shape.metadata() | {
        "model": family.name,
        "config": family.config,
        "step": str(step),
    }
    keep(path, tensors, metadata)
