"""`livecoder models`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table

from livecoder.core.errors import UnknownNameError
from livecoder.models import weights
from livecoder.models.registry import MODELS, ModelSpec

__all__ = ["command"]


def command(
    name: Annotated[str | None, typer.Argument(help="A network, to read its whole card.")] = None,
) -> int:
    """List the networks: what they do, how well, what they learnt from, their limits."""
    console = Console()
    if name is None:
        for known in MODELS.values():
            _summary(console, known)
        return 0
    spec = MODELS.get(name)
    cards = [name] if spec is None else _cards(spec)
    cards = [card for card in cards if card in weights.names()]
    if spec is None and not cards:
        raise UnknownNameError("model", name, MODELS, listing="livecoder models")
    for card in cards:
        console.print(Markdown(weights.text(card)))
    if spec is not None and not cards:
        _summary(console, spec)
    return 0


def _summary(console: Console, spec: ModelSpec) -> None:
    table = Table(title=f"{spec.name}: {spec.help}", show_header=False, title_justify="left")
    table.add_column(style="bold")
    table.add_column()
    table.add_row("play it", spec.example)
    table.add_row("settings", ", ".join(sorted(spec.settings)))
    if spec.configs:
        table.add_row("configs", ", ".join(spec.configs))
    cards = [card for card in _cards(spec) if card in weights.names()]
    for card in cards:
        _card(table, weights.card(card), card if len(cards) > 1 else "")
    if not cards:
        table.add_row("weights", f"none here; livecoder train {spec.name} makes them")
    table.add_row("more", f"livecoder models {spec.name}")
    console.print(table)


def _cards(spec: ModelSpec) -> list[str]:
    """Return the cards there may be of a model: the default's bears its name alone."""
    return [spec.name, *(f"{spec.name}_{config}" for config in spec.shipped[1:])]


def _card(table: Table, card: Mapping[str, Any], which: str) -> None:
    nats = card["nats_per_step"]
    events, per = nats["events"], nats.get("per", "16th")
    if which:
        table.add_row("weights", which)
    table.add_row("learnt from", "\n".join(source["name"] for source in card["data"]))
    compared = f"; n-grams have {events['trigram']}" if "trigram" in events else ""
    if "same_network_untrained" in events:
        compared += f", the same network untrained {events['same_network_untrained']}"
    table.add_row("held-out music", f"{events['network']} nats per {per}{compared}")
    if card.get("verdict"):
        table.add_row("how it sounds", card["verdict"])
    table.add_row("limits", "\n".join((*card["limits"], *card.get("notes", ()))))
