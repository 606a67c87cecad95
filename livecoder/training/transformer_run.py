"""A whole training of Music Transformer, from the archive to weights and card, told as it goes.

Everything lies in one working folder: `corpus.safetensors` (read once),
`checkpoint.safetensors` (every few minutes, and when stopped), then weights and card.
"""

from __future__ import annotations

import torch

from livecoder.models.music_transformer.shape import TransformerShape
from livecoder.training import piano
from livecoder.training.learning import Listener, Places, learn
from livecoder.training.piano import PianoCorpus
from livecoder.training.transformer import Plan, Trainer
from livecoder.training.transformer_figures import held_out

__all__ = ["train"]

_BETWEEN_CHECKS_S = 240.0
_CHECKED = 32  # windows of the validation split that are scored now and then


def train(
    places: Places,
    plan: Plan,
    listener: Listener,
    *,
    fresh: bool,
    shape: TransformerShape | None = None,
    verdict: str = "",
) -> None:
    """Train until the plan is done, then measure, and write weights and card.

    A run that is interrupted (`KeyboardInterrupt` comes through) has kept its checkpoint first.

    Args:
        places: where to read and write.
        plan: how to train.
        listener: told how it goes.
        fresh: begin anew, even where there is a checkpoint.
        shape: of the network; None for the one livecoder ships.
        verdict: how it sounds, in the words of someone who listened; for the card.

    Raises:
        ModelFileError: data, corpus or checkpoint cannot be used.
    """
    torch.set_num_threads(1)
    corpus = _corpus(places, listener)
    trainer = Trainer(corpus, plan, shape or TransformerShape())
    untrained = held_out(trainer.network, corpus, "test", limit=_CHECKED).nats
    if places.checkpoint.exists() and not fresh:
        trainer.resume(places.checkpoint)
    learn(
        trainer,
        places.checkpoint,
        listener,
        every=_BETWEEN_CHECKS_S,
        score=lambda: held_out(trainer.network, corpus, "valid", limit=_CHECKED).nats,
    )
    # Imported late: judging needs the model as it plays, training does not.
    from livecoder.training.transformer_card import judge

    judge(places.out, trainer, untrained, listener.judging, verdict=verdict)


def _corpus(places: Places, listener: Listener) -> PianoCorpus:
    if not places.corpus.exists():
        songs = piano.songs_of(places.data, on_progress=listener.reading)
        piano.save(piano.build(songs), places.corpus)
    return piano.load(places.corpus)
