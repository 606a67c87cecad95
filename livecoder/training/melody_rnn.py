"""Trains MelodyRNN: the loop, its checkpoints, its figures.

Conventions: losses are nats per step (a 16th). Everything a run needs to go on exactly where it
stopped is in its checkpoint, a safetensors file: parameters, Adam's moments, the running mean of
the parameters (which is what is shipped), the memory of every lane, the place in the corpus, and
the state of torch's generator.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from livecoder.core.errors import ModelFileError
from livecoder.models.containers.tensors import Layout, read_file
from livecoder.models.melody_rnn.network import MelodyNetwork, Memory
from livecoder.training.batches import PAST, Batch, Dealer
from livecoder.training.corpus import Corpus
from livecoder.training.learning import Progress, keep
from livecoder.training.trainer import halves_are_quicker

__all__ = ["Plan", "Trainer", "write_weights"]

_WARM_UP = 200  # steps
_CLIP = 1.0
_MEAN_OVER = 0.999


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train; kept in the checkpoint, and in the card.

    Attributes:
        steps: optimiser steps in all, or None to go by the clock.
        minutes: minutes in all, over all resumptions; ignored where `steps` is given.
        lanes: melodies at once.
        chunk: steps (16ths) between two updates; gradients reach so far back.
        rate: learning rate after warming up; falls along a cosine to a fiftieth.
        dropout: share of each LSTM's outputs dropped.
        seed: of everything.
        halved: multiply in bfloat16 where the processor is quicker at it.
    """

    steps: int | None = None
    minutes: float = 60.0
    lanes: int = 128
    chunk: int = 64
    rate: float = 3e-3
    dropout: float = 0.05
    seed: int = 1
    halved: bool = True


class Trainer:
    """One run of training; iterate it for a `Progress` a step until the plan is done.

    Args:
        corpus: what to learn.
        plan: how.
        now: seconds, from a clock that never jumps.
    """

    def __init__(
        self, corpus: Corpus, plan: Plan, *, now: Callable[[], float] = time.monotonic
    ) -> None:
        torch.manual_seed(plan.seed)
        self.network = MelodyNetwork(dropout=plan.dropout)
        self.mean = MelodyNetwork()
        self.mean.load_state_dict(self.network.state_dict())
        self.mean.requires_grad_(requires_grad=False).eval()
        self.history: list[dict[str, float]] = []
        # Every plan the run has had, with the step it began at: a resumed run may have another.
        self.plans: list[dict[str, Any]] = [{"from_step": 0, **asdict(plan)}]
        self.plan = plan
        self._halved = plan.halved and halves_are_quicker()
        self._now = now
        self.corpus = corpus
        self._adam = torch.optim.Adam(self.network.parameters(), lr=plan.rate, betas=(0.9, 0.98))
        self._dealer = Dealer(corpus, lanes=plan.lanes, steps=plan.chunk, seed=plan.seed)
        self._memory = Memory.silent(plan.lanes)
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
            loss = self._learn(self._dealer.batch(), self._rate(done))
            self._seconds += self._now() - begun
            self._loss = loss
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
            logits, memory = self.network(torch.from_numpy(batch.inputs), memory)
        loss = _loss(logits.float(), batch)
        self._adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), _CLIP)
        self._adam.step()
        self._memory = Memory(*(part.detach().float() for part in memory))
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
        layouts["lanes"] = Layout("I64", (self.plan.lanes, 3))
        layouts["dealt"] = Layout("I64", (1,))
        layouts["generator"] = Layout("U8", (len(torch.get_rng_state()),))
        tensors, metadata = read_file(
            path, layouts, largest=2**27, fix="train from the start with --fresh"
        )
        with torch.no_grad():
            for name, tensor in wanted.items():
                if not name.startswith("memory."):
                    tensor.copy_(torch.from_numpy(tensors[name]))
        # Not copied in place: the parts of a silent memory may be one and the same tensor.
        self._memory = Memory(
            *(torch.from_numpy(tensors[f"memory.{name}"]) for name in Memory._fields)
        )
        try:
            self._step = int(metadata["step"])
            self._seconds = float(metadata["seconds"])
            self.history = json.loads(metadata["history"])
            earlier = json.loads(metadata["plans"])
        except (KeyError, ValueError) as error:
            message = f"{path} is no checkpoint of this training; train from the start with --fresh"
            raise ModelFileError(message) from error
        now = {"from_step": self._step, **asdict(self.plan)}
        same = {**earlier[-1], "from_step": self._step} == now
        self.plans = earlier if same else [*earlier, now]
        for state in self._adam.state.values():
            state["step"].fill_(self._step)
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
        for name, part in self._memory._asdict().items():
            tensors[f"memory.{name}"] = part
        return tensors


def _loss(logits: Tensor, batch: Batch) -> Tensor:
    classes = torch.from_numpy(batch.classes)
    return torch.nn.functional.cross_entropy(
        logits.flatten(0, 1), classes.flatten(), ignore_index=PAST
    )


def write_weights(network: MelodyNetwork, path: Path, metadata: Mapping[str, str]) -> None:
    """Write a network's parameters as the safetensors `models.melody_rnn.model.load` reads."""
    tensors = {
        name: np.ascontiguousarray(parameter.detach().numpy())
        for name, parameter in network.named_parameters()
    }
    keep(path, tensors, metadata)
