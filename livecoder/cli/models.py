"""`livecoder models`."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table

from livecoder.models import weights
from livecoder.models.registry import MODELS, find

__all__ = ["command"]


def command(
    name: Annotated[str | None, typer.Argument(help="A network, to read its whole card.")] = None,
) -> int:
    """List the networks: what they do, how well, what they learnt from, their limits."""
    console = Console()
    if name is None:
        for known in MODELS:
            _summary(console, known)
        return 0
    find(name)
    console.print(Markdown(weights.text(name)))
    return 0


def _summary(console: Console, name: str) -> None:
    spec = find(name)
    table = Table(title=f"{name}: {spec.help}", show_header=False, title_justify="left")
    table.add_column(style="bold")
    table.add_column()
    table.add_row("settings", ", ".join(sorted(spec.settings)))
    if name in weights.names():
        card = weights.card(name)
        nats = card["nats_per_step"]["events"]
        table.add_row("learnt from", "\n".join(source["name"] for source in card["data"]))
        table.add_row(
            "held-out melodies",
            f"{nats['network']} nats per 16th; a trigram has {nats['trigram']}",
        )
        table.add_row("limits", "\n".join(card["limits"]))
    else:
        table.add_row("weights", f"none here; livecoder train {name} makes them")
    table.add_row("more", f"livecoder models {name}")
    console.print(table)
