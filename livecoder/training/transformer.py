"""Trains the Music Transformer: what it is dealt, the loop, its checkpoints.

Conventions: losses are nats per event. A batch follows from the plan's seed and the number of the
step alone, so a checkpoint (a safetensors file) needs to hold parameters, the optimiser's moments
and counts, and nothing else, for a run to go on exactly where it stopped.

Matrices inside the blocks are moved by their momentum made orthogonal, everything else by Adam.

Source: Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from livecoder.core.errors import ModelFileError
from livecoder.models.containers.tensors import Layout, read_file
from livecoder.models.music_transformer.network import TransformerNetwork
from livecoder.models.music_transformer.shape import TransformerShape
from livecoder.training.learning import Progress, keep
from livecoder.training.piano import PianoCorpus

__all__ = [
    "BEGIN",
    "PAST",
    "Dealt",
    "Plan",
    "Progress",
    "Trainer",
    "dealt",
    "tokens_of",
    "whole",
    "write_weights",
]

BEGIN = 1  # the token before a song's first: Magenta's end of a piece
PAST = -100  # stands for what is beyond a song's end
_WARM_UP = 60  # steps
_FALLS_FROM = 0.35  # share of the plan after which the rate falls, in a line, to a hundredth
_CLIP = 1.0
_MOMENTUM = 0.95
_FARTHEST = 5  # semitones a song is moved


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train; kept in the checkpoint, and in the card.

    Attributes:
        steps: optimiser steps in all, or None to go by the clock.
        minutes: minutes in all, over all resumptions; ignored where `steps` is given.
        tokens: tokens between two updates.
        places: of a stretch, from which share of the plan on; at most the shape's window.
        rate: of the matrices.
        adam_rate: of everything else.
        seed: of everything.
    """

    steps: int | None = None
    minutes: float = 60.0
    tokens: int = 2048
    places: tuple[tuple[float, int], ...] = ((0.0, 128), (0.3, 256), (0.65, 512))
    rate: float = 0.02
    adam_rate: float = 4e-3
    seed: int = 1


class Dealt(NamedTuple):
    """Stretches: what is heard, where in the bar, and what follows; `[stretches, places]`."""

    tokens: NDArray[np.int64]
    phases: NDArray[np.int64]
    following: NDArray[np.int64]


def tokens_of(classes: NDArray[np.int16], up: int = 0) -> NDArray[np.int64]:
    """Return the tokens of Music Transformer for events of the piano corpus, moved up.

    Args:
        classes: events, 0 to 387, notes from 21 to 108.
        up: semitones; notes must stay on the piano.

    >>> tokens_of(np.array([60, 188, 256, 387], np.int16), 1).tolist()
    [42, 130, 178, 309]
    """
    wide = classes.astype(np.int64)
    notes = np.where(wide < 128, wide + up - 19, wide + up - 59)
    return np.where(wide < 256, notes, wide - 78)


def dealt(
    corpus: PianoCorpus,
    songs: NDArray[np.int64],
    stretches: int,
    places: int,
    seed: tuple[int, ...],
) -> Dealt:
    """Return stretches drawn by chance: every event as likely as any other, in any key near.

    Args:
        corpus: where the songs are.
        songs: numbers of those to draw from.
        stretches: how many.
        places: how long.
        seed: of the draw; equal seeds draw the same.
    """
    draw = np.random.default_rng(seed)
    lengths = np.diff(corpus.begins)[songs].astype(np.int64)
    # A stretch drawn from before a song begins with the song.
    before = places // 2
    ends = np.cumsum(lengths + before)
    heard = np.zeros((stretches, places), np.int64)
    phases = np.zeros((stretches, places), np.int64)
    following = np.full((stretches, places), PAST, np.int64)
    for row, cut in enumerate(draw.integers(0, ends[-1], stretches).tolist()):
        index = int(np.searchsorted(ends, cut, "right"))
        length = int(lengths[index])
        start = cut - (int(ends[index]) - length - before) - before
        start = min(max(0, start), max(0, length - places // 4))
        song = int(songs[index])
        down, up = (min(int(semitones), _FARTHEST) for semitones in corpus.room[song])
        moved = int(draw.integers(-down, up + 1))
        tokens, times = whole(corpus, song, moved)
        part = slice(start, start + places)
        count = len(tokens[:-1][part])
        heard[row, :count] = tokens[:-1][part]
        phases[row, :count] = times[:-1][part]
        following[row, :count] = tokens[1:][part]
    return Dealt(heard, phases, following)


def whole(
    corpus: PianoCorpus, song: int, up: int = 0
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return a song's tokens and phases from `BEGIN` on, moved up by semitones."""
    part = slice(int(corpus.begins[song]), int(corpus.begins[song + 1]))
    tokens = np.concatenate([[BEGIN], tokens_of(corpus.classes[part], up)])
    return tokens, np.concatenate([[0], corpus.phases[part].astype(np.int64)])


class Trainer:
    """One run of training; iterate it for a `Progress` a step until the plan is done.

    Args:
        corpus: what to learn.
        plan: how.
        shape: of the network.
        now: seconds, from a clock that never jumps.
    """

    def __init__(
        self,
        corpus: PianoCorpus,
        plan: Plan,
        shape: TransformerShape,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        torch.manual_seed(plan.seed)
        self.corpus = corpus
        self.plan = plan
        self.network = TransformerNetwork(shape)
        self.history: list[dict[str, float]] = []
        # Every plan the run has had, with the step it began at: a resumed run may have another.
        self.plans: list[dict[str, Any]] = [_noted(plan, 0)]
        self._now = now
        self._songs = corpus.songs("train")
        self._events = corpus.events("train")
        self._first: dict[str, Tensor] = {}
        self._second: dict[str, Tensor] = {}
        for name, tensor in self.network.named().items():
            self._first[name] = torch.zeros_like(tensor)
            if not _is_matrix(name):
                self._second[name] = torch.zeros_like(tensor)
        self._step = 0
        self._heard = 0
        self._seconds = 0.0
        self._loss = math.nan

    @property
    def standing(self) -> Progress:
        """Where the run stands."""
        epochs = self._heard / max(1, self._events)
        return Progress(self._step, epochs, self._loss, self._done(), self._seconds)

    def __iter__(self) -> Iterator[Progress]:
        while (done := self._done()) < 1:
            begun = self._now()
            places = max(places for share, places in self.plan.places if done >= share)
            batch = dealt(
                self.corpus,
                self._songs,
                max(1, self.plan.tokens // places),
                places,
                (self.plan.seed, self._step),
            )
            loss = self._learn(batch, _share(done, self._step))
            self._heard += int((batch.following != PAST).sum())
            self._seconds += self._now() - begun
            self._loss = loss
            yield self.standing

    def _done(self) -> float:
        if self.plan.steps is not None:
            return self._step / self.plan.steps
        return self._seconds / (self.plan.minutes * 60)

    def _learn(self, batch: Dealt, share: float) -> float:
        """Take one step at a share of the full rates; return the loss."""
        logits = self.network(torch.from_numpy(batch.tokens), torch.from_numpy(batch.phases))
        loss = torch.nn.functional.cross_entropy(
            logits.flatten(0, 1), torch.from_numpy(batch.following).flatten(), ignore_index=PAST
        )
        self.network.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), _CLIP)
        self._step += 1
        with torch.no_grad():
            self._move_matrices(self.plan.rate * share)
            self._move_others(self.plan.adam_rate * share)
        return float(loss.detach())

    def _move_matrices(self, rate: float) -> None:
        """Move matrices by their momentum made orthogonal, those of one shape together."""
        momentum = min(_MOMENTUM, 0.85 + 0.1 * self._step / 300)
        alike: dict[tuple[int, ...], list[str]] = {}
        named = self.network.named()
        for name, matrix in named.items():
            if _is_matrix(name):
                alike.setdefault(tuple(sorted(matrix.shape)), []).append(name)
        for size, names in alike.items():
            pushes = []
            for name in names:
                grad = named[name].grad
                assert grad is not None  # noqa: S101 - every parameter is in the loss
                first = self._first[name].lerp_(grad, 1 - momentum)
                push = grad.lerp(first, momentum)
                pushes.append(push.T if push.shape != size else push)
            for name, push in zip(names, orthogonal(torch.stack(pushes)), strict=True):
                matrix = named[name]
                rows, columns = matrix.shape
                matrix.mul_(1 - rate * 0.02)
                turned = push.T if matrix.shape != size else push
                matrix.add_(turned, alpha=-rate * math.sqrt(max(1.0, rows / columns)))

    def _move_others(self, rate: float) -> None:
        """Take a step of Adam with everything that is no matrix of a block."""
        low, high = 0.9, 0.97
        for name, tensor in self.network.named().items():
            if _is_matrix(name) or tensor.grad is None:
                continue
            first = self._first[name].lerp_(tensor.grad, 1 - low)
            second = self._second[name].lerp_(tensor.grad.square(), 1 - high)
            spread = (second / (1 - high**self._step)).sqrt_().add_(1e-10)
            tensor.addcdiv_(first, spread, value=-rate / (1 - low**self._step))

    def save(self, path: Path) -> None:
        """Write a checkpoint; an older one stays whole until the new one is."""
        metadata = {
            "plans": json.dumps(self.plans),
            "step": str(self._step),
            "heard": str(self._heard),
            "seconds": repr(self._seconds),
            "history": json.dumps(self.history),
            **self.network.shape.metadata(),
        }
        keep(path, {name: t.detach().numpy() for name, t in self._tensors().items()}, metadata)

    def resume(self, path: Path) -> None:
        """Go on from a checkpoint, exactly.

        Raises:
            ModelFileError: it is not one of a network like this.
        """
        wanted = self._tensors()
        layouts = {name: Layout("F32", tuple(tensor.shape)) for name, tensor in wanted.items()}
        fix = "train from the start with --fresh"
        tensors, metadata = read_file(path, layouts, largest=2**28, fix=fix)
        try:
            self._step = int(metadata["step"])
            self._heard = int(metadata["heard"])
            self._seconds = float(metadata["seconds"])
            self.history = json.loads(metadata["history"])
            earlier = json.loads(metadata["plans"])
        except (KeyError, ValueError) as error:
            message = f"{path} is no checkpoint of this training; {fix}"
            raise ModelFileError(message) from error
        with torch.no_grad():
            for name, tensor in wanted.items():
                tensor.copy_(torch.from_numpy(tensors[name]))
        now = _noted(self.plan, self._step)
        same = {**earlier[-1], "from_step": self._step} == now
        self.plans = earlier if same else [*earlier, now]

    def _tensors(self) -> dict[str, Tensor]:
        """Return every tensor of the run by name, as it is (not a copy)."""
        return {
            **{f"network.{name}": tensor for name, tensor in self.network.named().items()},
            **{f"first.{name}": tensor for name, tensor in self._first.items()},
            **{f"second.{name}": tensor for name, tensor in self._second.items()},
        }


def _noted(plan: Plan, step: int) -> dict[str, Any]:
    """Return a plan as a checkpoint and a card keep it, with the step it began at."""
    noted: dict[str, Any] = json.loads(json.dumps(asdict(plan)))
    return {"from_step": step, **noted}


def orthogonal(matrices: Tensor) -> Tensor:
    """Return matrices `[n, rows, columns]`, rows at most columns, whose singular values are near 1.

    >>> turned = orthogonal(torch.tensor([[[3.0, 4.0, 0.0], [0.0, 0.0, 2.0]]]))[0]
    >>> bool((turned @ turned.T - torch.eye(2)).abs().max() < 0.5)
    True
    """
    turned = matrices / (matrices.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(5):  # Newton and Schulz, with Jordan's coefficients
        gram = torch.bmm(turned, turned.transpose(1, 2))
        bent = torch.baddbmm(gram, gram, gram, beta=-4.7750, alpha=2.0315)
        turned = torch.baddbmm(turned, bent, turned, beta=3.4445)
    result: Tensor = turned
    return result


def _is_matrix(name: str) -> bool:
    """Return whether a parameter is a matrix inside a block."""
    return name.startswith("layer") and name.endswith(".weight")


def _share(done: float, step: int) -> float:
    """Return the share of the full rates at a share of the plan, and a step."""
    warm = min(1.0, (step + 1) / _WARM_UP)
    falling = min(1.0, (1 - done) / (1 - _FALLS_FROM))
    return warm * max(0.01, falling)


def write_weights(network: TransformerNetwork, path: Path, metadata: Mapping[str, str]) -> None:
    """Write a network's parameters, halved, as `models.music_transformer.load` reads them."""
    tensors = {name: t.detach().numpy().astype(np.float16) for name, t in network.named().items()}
    keep(path, tensors, {**metadata, **network.shape.metadata()})
