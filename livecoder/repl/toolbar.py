"""The line below the prompt: what the session does, most important first."""

from __future__ import annotations

from livecoder.session.status import Status

__all__ = ["toolbar"]

Fragment = tuple[str, str]
_GAP = 2
# What goes first when the terminal is narrow, and last.
_DROPPED = ("key", "outputs", "load", "late", "tempo", "sync", "broken", "tracks")
_ORDER = ("place", "tempo", "sync", "key", "tracks", "broken", "late", "load", "outputs")
_LEAST_MESSAGE = 16


def toolbar(status: Status, width: int = 80) -> list[Fragment]:
    """Return the toolbar as styled pieces of text that fit in a line.

    >>> "".join(text for _, text in toolbar(Status(bpm=112.0, cycle=4.5, sounding=("d1",))))
    ' 5.3  112 bpm  d1  late 0'

    Args:
        status: of the session.
        width: columns of the terminal.
    """
    pieces = _pieces(status)
    kept = [name for name in _ORDER if pieces.get(name)]
    for name in _DROPPED:
        if _width(pieces, kept) <= width:
            break
        if name in kept:
            kept.remove(name)
    line: list[Fragment] = []
    for name in kept:
        line += [("", " " * (_GAP if line else 1)), *pieces[name]]
    left = width - _length(line) - _GAP - 1
    if status.messages and left >= _LEAST_MESSAGE:
        message = " ".join(status.messages[-1].split())
        if len(message) > left:
            message = message[: left - 1] + "…"
        line += [("", " " * _GAP), ("class:toolbar.message", message)]
    return _cut(line, width)


def _pieces(status: Status) -> dict[str, list[Fragment]]:
    place = f"{status.bar}.{status.beat}" if status.playing else f"{status.bar}.{status.beat} idle"
    late = "class:toolbar.alarm" if status.late_bars else "class:toolbar.dim"
    pieces = {
        "place": [("class:toolbar.place", place)],
        "tempo": [("", f"{status.bpm:.5g} bpm")],
        "key": [("", status.key or "")] if status.key else [],
        "tracks": _tracks(status),
        "late": [(late, f"late {status.late_bars}")],
        "outputs": [("class:toolbar.dim", " · ".join(status.outputs))] if status.outputs else [],
    }
    if status.sync:
        pieces["sync"] = [("class:toolbar.alarm" if status.adrift else "", status.sync)]
    if status.broken:
        pieces["broken"] = [("class:toolbar.alarm", f"broken {' '.join(status.broken)}")]
    if status.audio_load is not None:
        load = status.audio_load
        style = "class:toolbar.alarm" if load > 0.8 else ""
        pieces["load"] = [(style, f"load {load:.0%}")]
    return pieces


def _tracks(status: Status) -> list[Fragment]:
    styles = dict.fromkeys(status.muted, "class:toolbar.muted")
    styles |= dict.fromkeys(status.sounding, "class:toolbar.sounding")
    line: list[Fragment] = []
    for name in sorted(styles, key=_by_number):
        line += [("", " "), (styles[name], name)]
    return line[1:] or [("class:toolbar.dim", "silent")]


def _by_number(name: str) -> tuple[int, str]:
    """Put `d2` before `d10`, and names of one's own after them."""
    number = name[1:]
    return (int(number) if name[0] == "d" and number.isdecimal() else 10_000, name)


def _length(line: list[Fragment]) -> int:
    return sum(len(text) for _, text in line)


def _width(pieces: dict[str, list[Fragment]], kept: list[str]) -> int:
    return 1 + sum(_length(pieces[name]) + _GAP for name in kept) - _GAP


def _cut(line: list[Fragment], width: int) -> list[Fragment]:
    left = width
    cut: list[Fragment] = []
    for style, text in line:
        if left > 0:
            cut.append((style, text[:left]))
            left -= len(text)
    return cut
