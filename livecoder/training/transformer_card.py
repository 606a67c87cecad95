"""Judges a trained Music Transformer, and writes its weights and card."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from livecoder.core.errors import LivecoderError
from livecoder.models import weights
from livecoder.models.music_transformer.model import load
from livecoder.models.music_transformer.shape import TransformerShape
from livecoder.training.corpus import SPLITS
from livecoder.training.piano import PianoCorpus
from livecoder.training.sources import POP909
from livecoder.training.transformer import Trainer, write_weights
from livecoder.training.transformer_figures import Counted, HeldOut, held_out
from livecoder.training.transformer_listening import (
    PianoSound,
    heard,
    improvised,
    pieces_of,
)

__all__ = ["judge", "make_card", "markdown", "refresh", "write_card"]

_IMPROVISED = 12  # pieces judged for the card
_VALID = 200  # windows of the validation split that are scored for the card
_PEER = "performance_rnn"
_AIMED_AT = 0.15  # nats better
_LIMITS = (
    "It looks back on 256 to 512 events, some three to six bars of pop piano: figures come back, "
    "forms do not.",
    "It learnt 4/4, 50 steps to a beat; other bars are begun where the music stands and cut at "
    "their end. A note held over a bar line is cut there and not struck again.",
    "Piano reductions of Chinese pop songs, in all keys; no pedal, no other style. Asked for "
    "another register, it plays its own, moved by octaves.",
    "Given a melody (`melody=`) it hears each note as it sounds: it follows, and foresees nothing.",
)


def judge(
    out: Path,
    trainer: Trainer,
    untrained: float,
    say: Callable[[str], object],
    *,
    verdict: str = "",
) -> None:
    """Measure a trained network and write weights and card.

    Args:
        out: the weights; the card is put beside them.
        trainer: the run.
        untrained: nats per event of the network before it learnt, on "test".
        say: told what is being measured.
        verdict: how it sounds, in words.
    """
    corpus, standing = trainer.corpus, trainer.standing
    metadata = {"model": "music_transformer", "config": "music_transformer"}
    write_weights(trainer.network, out, {**metadata, "step": str(standing.step)})
    say("held-out songs")
    scores = {
        "test": held_out(trainer.network, corpus, "test"),
        "valid": held_out(trainer.network, corpus, "valid", limit=_VALID),
    }
    say("counts")
    counted = Counted.of(corpus).nats(corpus, "test")
    say("what it sounds like")
    model = load(out)
    sounds = {"held-out songs": heard(pieces_of(corpus, "test"))}
    for temperature in (0.9, 1.0):
        improvisations = improvised(model, pieces=_IMPROVISED, temperature=temperature)
        sounds[f"the network at temperature {temperature}"] = heard(improvisations)
    card = make_card(
        trainer=trainer,
        scores=scores,
        counted=counted,
        untrained=untrained,
        sounds=sounds,
        verdict=verdict,
    )
    write_card(card, out)


def make_card(
    *,
    trainer: Trainer,
    scores: Mapping[str, HeldOut],
    counted: float,
    untrained: float,
    sounds: Mapping[str, PianoSound],
    verdict: str,
) -> dict[str, Any]:
    """Return the card of a Music Transformer as plain values.

    Args:
        trainer: the run.
        scores: held-out figures of "valid" and "test".
        counted: nats per event of the n-gram on "test".
        untrained: of the same network before it learnt, on "test".
        sounds: what the data and the network are like, by who plays.
        verdict: how it sounds, in words.
    """
    corpus, standing = trainer.corpus, trainer.standing
    parameters = sum(tensor.numel() for tensor in trainer.network.named().values())
    return {
        "name": "music_transformer",
        "config": "music_transformer",
        "title": "Music Transformer: an endless piano, 10 ms a step, with loudness",
        "architecture": _architecture(trainer.network.shape),
        "parameters": parameters,
        "data": [
            {
                "name": POP909.public_name,
                "what": "pop songs as piano: MELODY, BRIDGE and PIANO tracks as one piano",
                "licence": POP909.licence,
                "where": POP909.where,
                "pieces": {split: len(corpus.songs(split)) for split in SPLITS},
                "events": len(corpus.classes),
            }
        ],
        "split": "by song: SHA-256 of its name; of twenty parts one is held out to validate, one "
        "to test. " + ", ".join(_counts(corpus, split) for split in SPLITS),
        "transposition": "every stretch anew each time by up to 5 semitones either way, as far as "
        "it stays on the piano; held-out songs as written",
        "training": {
            "optimiser_steps": standing.step,
            "epochs": round(standing.epochs, 2),
            "minutes_on_one_core": round(standing.seconds / 60, 1),
            "plans": trainer.plans,
            "history": trainer.history,
        },
        "nats_per_step": {
            "per": "event",
            "events": {
                "network": round(scores["test"].nats, 3),
                "network_on_valid": round(scores["valid"].nats, 3),
                "trigram": round(counted, 3),
                "same_network_untrained": round(untrained, 3),
            },
            "events_by_kind": {
                kind: round(nats, 3) for kind, nats in scores["test"].by_kind.items()
            },
            "steps_scored": scores["test"].events,
        },
        _PEER: _peer(scores["test"].nats),
        "verdict": verdict,
        "sound": {name: sound.rounded() for name, sound in sounds.items()},
        "limits": list(_LIMITS),
        "command": "livecoder train music_transformer --data DIR --minutes "
        f"{trainer.plans[-1]['minutes']:g}",
    }


def _architecture(shape: TransformerShape) -> str:
    return (
        f"a decoder of {shape.layers} blocks, width {shape.width}, {shape.heads} heads with "
        f"learned relative distances, feed-forward {shape.inner}, window {shape.window}; 310 "
        f"tokens (Magenta's score2perf); the last {shape.taps} tokens and the place in the bar are "
        "read into one"
    )


def _counts(corpus: PianoCorpus, split: str) -> str:
    return f"{split}: {len(corpus.songs(split))} songs, {corpus.events(split)} events"


def _peer(nats: float) -> dict[str, float]:
    """Return the figures of performance_rnn on the same split, where its card is shipped."""
    try:
        theirs = float(weights.card(_PEER)["nats_per_step"]["events"]["network"])
    except (LivecoderError, KeyError, TypeError, ValueError):
        return {}
    return {"nats": round(theirs, 3), "better_by": round(theirs - nats, 3)}


def write_card(card: Mapping[str, Any], out: Path) -> None:
    """Write a card beside its weights, as JSON and as Markdown."""
    text = json.dumps(card, indent=2, ensure_ascii=False)
    out.with_suffix(".json").write_text(text + "\n", "utf-8")
    out.with_suffix(".md").write_text(markdown(card), "utf-8")


def refresh(out: Path, *, verdict: str | None = None) -> dict[str, Any]:
    """Write a card anew with what has been learnt since: performance_rnn's figures, a verdict.

    Args:
        out: the weights; the card is beside them.
        verdict: how it sounds, in words; None to leave what the card says.

    Returns:
        The card.
    """
    card: dict[str, Any] = json.loads(out.with_suffix(".json").read_text("utf-8"))
    card[_PEER] = _peer(card["nats_per_step"]["events"]["network"])
    if verdict is not None:
        card["verdict"] = verdict
    write_card(card, out)
    return card


def markdown(card: Mapping[str, Any]) -> str:
    """Return a card as Markdown."""
    return "\n".join([*_what(card), *_how(card), *_how_well(card), *_how_it_sounds(card)])


def _what(card: Mapping[str, Any]) -> list[str]:
    source = card["data"][0]
    pieces = " / ".join(str(source["pieces"][split]) for split in SPLITS)
    return [
        f"# {card['title']}",
        "",
        f"Music Transformer: {card['architecture']}. {card['parameters']:,} parameters, shipped in "
        "float16.",
        "",
        "## What it learnt from",
        "",
        "| data | what | licence as stated by its makers | songs train / valid / test | events |",
        "|---|---|---|---|---|",
        f"| {source['name']} | {source['what']} | {source['licence']} | {pieces} "
        f"| {source['events']:,} |",
        "",
        f"Where the public finds it: {source['where']}.",
        "",
        "Time is that of each song's own beats, 50 steps to a beat, so that bars lie where bars "
        "are; what the player does beside the beat stays.",
        "",
        f"Split {card['split']}.",
        "",
        f"Transposed: {card['transposition']}.",
        "",
    ]


def _how(card: Mapping[str, Any]) -> list[str]:
    training = card["training"]
    return [
        "## How",
        "",
        f"{training['optimiser_steps']:,} steps, {training['epochs']} times over the data, "
        f"{training['minutes_on_one_core']} minutes by the clock on a core that other work shared: "
        f"`{card['command']}`. Matrices of the blocks by Muon, the rest by Adam.",
        "",
        *(
            f"- from step {plan['from_step']:,}: {plan['tokens']} tokens between updates, in "
            "stretches of "
            + ", then ".join(f"{places}" for _, places in plan["places"])
            + f"; rates {plan['rate']:g} and {plan['adam_rate']:g}"
            for plan in training["plans"]
        ),
        "",
    ]


def _how_well(card: Mapping[str, Any]) -> list[str]:
    nats = card["nats_per_step"]
    events = nats["events"]
    lines = [
        "## How well",
        "",
        f"Nats per event on the test split, {nats['steps_scored']:,} events, every song heard "
        "through a window as in a performance; lower is better.",
        "",
        "| | nats |",
        "|---|---|",
        f"| **this network** | **{events['network']}** |",
        f"| counting: trigrams and their kin, three events of context | {events['trigram']} |",
        f"| the same network, untrained | {events['same_network_untrained']} |",
    ]
    if card[_PEER]:
        lines.append(f"| performance_rnn, the same songs and events | {card[_PEER]['nats']} |")
    lines += [
        "",
        f"On a part of the validation split {events['network_on_valid']}. By kind of event: "
        + ", ".join(f"{kind} {value}" for kind, value in nats["events_by_kind"].items())
        + ".",
        "",
    ]
    if card[_PEER]:
        lines += [
            f"That is {card[_PEER]['better_by']} nats better than performance_rnn, which is not "
            "told where in the bar the music stands." + _why(card[_PEER]["better_by"]),
            "",
        ]
    return lines


def _why(better_by: float) -> str:
    """Return why it is not better by as much as was aimed at, if it is not."""
    if better_by >= _AIMED_AT:
        return ""
    return (
        f" {_AIMED_AT} was aimed at: but performance_rnn has more parameters, and is told how "
        "dense the next seconds are and of which pitch classes; nobody tells the transformer."
    )


def _how_it_sounds(card: Mapping[str, Any]) -> list[str]:
    names = list(next(iter(card["sound"].values())))
    return [
        "## How it sounds",
        "",
        *([card["verdict"], ""] if card["verdict"] else []),
        "Pieces of sixteen bars, nothing masked; `livecoder.training.transformer_listening` says "
        "what each figure is.",
        "",
        "| | " + " | ".join(name.replace("_", " ") for name in names) + " |",
        "|---" * (len(names) + 1) + "|",
        *(
            f"| {who} | " + " | ".join(f"{sound[name]:g}" for name in names) + " |"
            for who, sound in card["sound"].items()
        ),
        "",
        "## Limits",
        "",
        *(f"- {limit}" for limit in card["limits"]),
        "",
    ]
