"""Writes the card of a stack: what it learnt from, how, how well, and what it cannot do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from livecoder.training.corpus import SPLITS
from livecoder.training.family import Family
from livecoder.training.learning import Progress
from livecoder.training.pieces import Pieces
from livecoder.training.trainer import HeldOut

__all__ = ["make_card", "markdown"]


def make_card(
    *,
    family: Family,
    pieces: Pieces,
    plans: Sequence[Mapping[str, Any]],
    standing: Progress,
    scores: Mapping[str, HeldOut],
    baseline: float,
    untrained: float,
    further: Mapping[str, float],
    history: Sequence[Mapping[str, float]],
    verdict: str,
) -> dict[str, Any]:
    """Return the card of a stack as plain values.

    Args:
        family: what was trained.
        pieces: on what.
        plans: every plan the run has had.
        standing: where it ended.
        scores: held-out figures of "valid" and "test".
        baseline: nats per event of the n-gram on "test".
        untrained: of the same network before it learnt, on "test".
        further: other nats per event on "test", by what was different.
        history: loss and held-out loss over time.
        verdict: how it sounds, in words.
    """
    lengths = np.diff(pieces.begins)
    return {
        "name": family.name,
        "config": family.config,
        "title": family.title,
        "architecture": _architecture(family),
        "parameters": family.shape.parameters,
        "data": [
            {
                "name": source.public_name,
                "what": source.what,
                "licence": source.licence,
                "where": source.where,
                "pieces": {
                    split: int(((pieces.source == index) & (pieces.split == part)).sum())
                    for part, split in enumerate(SPLITS)
                },
                "events": int(lengths[pieces.source == index].sum()),
            }
            for index, source in enumerate(family.sources)
        ],
        "split": family.split
        + ". "
        + ", ".join(
            f"{split}: {len(pieces.of_split(split))} pieces, {pieces.events(split)} events"
            for split in SPLITS
        ),
        "transposition": family.transposed,
        "training": {
            "optimiser_steps": standing.step,
            "epochs": round(standing.epochs, 1),
            "minutes_on_one_core": round(standing.seconds / 60, 1),
            "plans": list(plans),
            "history": list(history),
        },
        "nats_per_step": {
            "per": family.event,
            "events": {
                "network": round(scores["test"].nats, 3),
                "network_on_valid": round(scores["valid"].nats, 3),
                "trigram": round(baseline, 3),
                "same_network_untrained": round(untrained, 3),
            }
            | {name: round(nats, 3) for name, nats in further.items()},
            "events_by_source": {
                name: round(nats, 3) for name, nats in scores["test"].by_source.items()
            },
            "steps_scored": scores["test"].events,
        },
        "verdict": verdict,
        "limits": list(family.limits),
        "notes": list(family.notes),
        "command": f"livecoder train {family.key} --data DIR --minutes {plans[-1]['minutes']:g}",
    }


def _architecture(family: Family) -> str:
    shape = family.shape
    units = " and ".join(map(str, shape.units))
    text = f"Magenta's {family.config}: {shape.inputs} in, {shape.classes} out, "
    text += f"{len(shape.units)} LSTMs of {units}"
    if shape.attention is None:
        return text
    return f"{text}, attention over the last {shape.attention.length} steps around the first"


def markdown(card: Mapping[str, Any]) -> str:
    """Return a card as Markdown."""
    nats, training = card["nats_per_step"], card["training"]
    events = nats["events"]
    lines = [
        f"# {card['title']}",
        "",
        f"{card['architecture']}. {card['parameters']:,} parameters, shipped in float16.",
        "",
        "## What it learnt from",
        "",
        "| data | what | licence as stated by its makers | pieces train / valid / test | events |",
        "|---|---|---|---|---|",
    ]
    for source in card["data"]:
        counts = " / ".join(str(source["pieces"][split]) for split in SPLITS)
        lines.append(
            f"| {source['name']} | {source['what']} | {source['licence']} | {counts} "
            f"| {source['events']:,} |"
        )
    lines += ["", "Where the public finds it:", ""]
    lines += [f"- {source['name']}: {source['where']}" for source in card["data"]]
    lines += [
        "",
        f"Split: {card['split']}. Transposed: {card['transposition']}.",
        "",
        "## How",
        "",
        f"{training['optimiser_steps']:,} steps of Adam, {training['epochs']} times over the data, "
        f"{training['minutes_on_one_core']} minutes on one core that other work shared: "
        f"`{card['command']}`. The weights are a running mean over the last steps.",
        "",
        *(
            f"- from step {plan['from_step']:,}: {plan['lanes']} pieces at once, "
            f"{plan['chunk']} events between updates, rate {plan['rate']:g}, "
            f"dropout {plan['dropout']:g}, weight decay {plan['decay']:g}"
            for plan in training["plans"]
        ),
        "",
        "## How well",
        "",
        f"Nats per {nats['per']} on the test split, {nats['steps_scored']:,} of them, every piece "
        "heard whole from silence; lower is better.",
        "",
        "| | nats |",
        "|---|---|",
        f"| **this network** | **{events['network']}** |",
    ]
    for name, value in events.items():
        if name not in {"network", "network_on_valid", "trigram", "same_network_untrained"}:
            lines.append(f"| this network, {name} | {value} |")
    lines += [
        f"| interpolated 4-gram (counts more than a trigram) | {events['trigram']} |",
        f"| the same network, untrained (on a part of the split) "
        f"| {events['same_network_untrained']} |",
        "",
        f"On the validation split {events['network_on_valid']}. By data set: "
        + ", ".join(f"{name} {value}" for name, value in nats["events_by_source"].items())
        + ".",
        "",
    ]
    if card["verdict"]:
        lines += ["## How it sounds", "", card["verdict"], ""]
    lines += ["## Limits", "", *(f"- {limit}" for limit in (*card["limits"], *card["notes"])), ""]
    return "\n".join(lines)
