"""Writes a model's card: what it learnt from, how, how well, and what it cannot do."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from livecoder.training.corpus import SPLITS, Corpus
from livecoder.training.figures import HeldOut
from livecoder.training.learning import Progress
from livecoder.training.listening import Sound
from livecoder.training.sources import MELODIES

__all__ = ["make_card", "write_card"]

_LIMITS = (
    "One note at a time, in the three octaves from C3 (48) to B5 (83); another register is the "
    "same melody moved by octaves.",
    "Sixteenth notes: no triplets, no swing of its own, no loudness (every note has velocity 0.8).",
    "It learnt 4/4, 2/2 and 2/4 alone; bars of other lengths are cut out of its own 4/4.",
    "It has no idea of chords, and remembers little beyond eight bars: phrases come back, "
    "forms of 32 bars do not.",
    "Learnt from Western tunes of three kinds: pop songs, standards, and dances of Ireland and "
    "Scotland. It can, now and then, play a bar of a tune it has heard.",
)


def make_card(
    *,
    corpus: Corpus,
    plans: Sequence[Mapping[str, Any]],
    standing: Progress,
    parameters: int,
    scores: Mapping[str, HeldOut],
    trigrams: Mapping[str, float],
    untrained: float,
    sounds: Mapping[str, Sound],
    copied: Mapping[str, float],
    history: Sequence[Mapping[str, float]],
    verdict: str,
) -> dict[str, Any]:
    """Return the card of a MelodyRNN as plain values."""
    lengths = np.diff(corpus.begins)
    data = [
        {
            "name": source.public_name,
            "what": source.what,
            "licence": source.licence,
            "where": source.where,
            "melodies": {
                split: int(((corpus.source == index) & (corpus.split == part)).sum())
                for part, split in enumerate(SPLITS)
            },
            "steps": int(lengths[corpus.source == index].sum()),
        }
        for index, source in enumerate(MELODIES)
    ]
    return {
        "name": "melody_rnn",
        "title": "MelodyRNN: an endless melody, one voice, a 16th a step",
        "architecture": "Magenta's attention_rnn: KeyMelody encoding (74 in, 40 out), two LSTMs of "
        "128, attention over the last 40 steps around the first",
        "parameters": parameters,
        "data": data,
        "split": "by name: SHA-256 of the piece's title, folded to lower case; of twenty parts "
        "one is held out to validate, one to test. "
        + ", ".join(
            f"{split}: {len(corpus.of_split(split))} melodies, {corpus.steps(split)} steps"
            for split in SPLITS
        ),
        "transposition": "every melody anew each time, evenly over all keys and octaves in which "
        "it stays between notes 48 and 83; held-out melodies in the middle of theirs",
        "training": {
            "optimiser_steps": standing.step,
            "epochs": round(standing.epochs, 1),
            "minutes_on_one_core": round(standing.seconds / 60, 1),
            "plans": list(plans),
            "history": list(history),
        },
        "nats_per_step": {
            "classes": {
                "network": _rounded(scores["test"].classes),
                "network_on_valid": _rounded(scores["valid"].classes),
                "trigram": _rounded(trigrams["classes"]),
                "same_network_untrained": _rounded(untrained),
            },
            "events": {
                "network": _rounded(scores["test"].events),
                "network_on_valid": _rounded(scores["valid"].events),
                "trigram": _rounded(trigrams["events"]),
            },
            "events_by_source": {
                name: _rounded(nats) for name, nats in scores["test"].by_source.items()
            },
            "steps_scored": scores["test"].steps,
        },
        "verdict": verdict,
        "sound": {name: sound.rounded() for name, sound in sounds.items()},
        "phrases_of_two_bars_in_training_data": {
            name: round(share, 4) for name, share in copied.items()
        },
        "limits": list(_LIMITS),
        "command": f"livecoder train melody_rnn --data DIR --minutes {plans[-1]['minutes']:g}",
    }


def write_card(card: Mapping[str, Any], weights: Path) -> None:
    """Write a card beside its weights, as JSON and as Markdown."""
    text = json.dumps(card, indent=2, ensure_ascii=False)
    weights.with_suffix(".json").write_text(text + "\n", "utf-8")
    weights.with_suffix(".md").write_text(_markdown(card), "utf-8")


def _markdown(card: Mapping[str, Any]) -> str:
    nats, training = card["nats_per_step"], card["training"]
    lines = [
        f"# {card['title']}",
        "",
        f"{card['architecture']}. {card['parameters']:,} parameters.",
        "",
        "## What it learnt from",
        "",
        "| data | what | licence as stated by its makers | melodies train / valid / test | 16ths |",
        "|---|---|---|---|---|",
    ]
    for source in card["data"]:
        counts = " / ".join(str(source["melodies"][split]) for split in SPLITS)
        lines.append(
            f"| {source['name']} | {source['what']} | {source['licence']} | {counts} "
            f"| {source['steps']:,} |"
        )
    lines += ["", "Where the public finds it:", ""]
    lines += [f"- {source['name']}: {source['where']}" for source in card["data"]]
    lines += [
        "",
        f"Only bars of 4/4, 2/2 and 2/4. Split {card['split']}.",
        f"Transposed {card['transposition']}.",
        "",
        "## How",
        "",
        f"{training['optimiser_steps']:,} steps of Adam, {training['epochs']} times over the data, "
        f"{training['minutes_on_one_core']} minutes on one core: `{card['command']}`. "
        "The weights are the running mean of the last thousand steps.",
        "",
        *(
            f"- from step {plan['from_step']:,}: {plan['lanes']} melodies at once, "
            f"{plan['chunk']} steps between updates, rate {plan['rate']:g}, "
            f"dropout {plan['dropout']:g}"
            for plan in training["plans"]
        ),
        "",
        "## How well",
        "",
        f"Nats per step (a 16th) on the test split, {nats['steps_scored']:,} steps; lower is "
        "better. *Classes* are the 40 answers of the encoding, two of which look back; *events* "
        "adds up the classes that stand for the same event.",
        "",
        "| | classes | events |",
        "|---|---|---|",
        f"| **this network** | **{nats['classes']['network']}** "
        f"| **{nats['events']['network']}** |",
        f"| interpolated trigram | {nats['classes']['trigram']} | {nats['events']['trigram']} |",
        f"| the same network, untrained | {nats['classes']['same_network_untrained']} | |",
        "",
        "By data set (events): "
        + ", ".join(f"{name} {value}" for name, value in nats["events_by_source"].items())
        + ".",
        "",
        "## How it sounds",
        "",
        *([card["verdict"], ""] if card["verdict"] else []),
        "Melodies of sixteen bars, nothing masked; `livecoder.training.listening` says what each "
        "figure is.",
        "",
    ]
    names = list(next(iter(card["sound"].values())))
    lines.append("| | " + " | ".join(name.replace("_", " ") for name in names) + " |")
    lines.append("|---" * (len(names) + 1) + "|")
    for who, sound in card["sound"].items():
        lines.append(f"| {who} | " + " | ".join(f"{sound[name]:g}" for name in names) + " |")
    shares = card["phrases_of_two_bars_in_training_data"]
    lines += [
        "",
        "Phrases of two bars and at least six notes that stand in the training data, note for "
        "note, in any key: "
        + ", ".join(f"{who} {100 * share:.1f} %" for who, share in shares.items())
        + ".",
    ]
    lines += ["", "## Limits", "", *(f"- {limit}" for limit in card["limits"]), ""]
    return "\n".join(lines)


def _rounded(nats: float) -> float:
    return round(nats, 3)
