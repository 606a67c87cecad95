"""Which port a performer means by a name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

__all__ = ["EVERY", "find_port", "near_names", "nobody_is_called", "own_name"]

EVERY = "*"
"""The input that listens to every port there is, also those that appear later."""

_LONGEST = 120
# How many near names are told, and how near they must be, from 0 to 1.
_NEAR, _SIMILAR = 3, 0.5


def find_port(name: str, ports: Mapping[str, Sequence[str]] | Sequence[str]) -> str | None:
    """Return the port that bears a name, or else the first that contains it; None for neither.

    >>> find_port("synth", ["system:midi_playback_1", "fluid synth:in"])
    'fluid synth:in'

    Args:
        name: as typed; upper and lower case are the same.
        ports: full names, `client:port`, and where known their aliases.
    """
    wanted = name.casefold().strip()
    aliases = ports if isinstance(ports, Mapping) else dict.fromkeys(ports, ())
    known = {port: [n.casefold() for n in (port, *others)] for port, others in aliases.items()}
    for fits in (_is, _is_part, _contains):
        for port, names in known.items():
            if any(fits(wanted, one) for one in names):
                return port
    return None


def own_name(name: str) -> str:
    """Return a name that may stand behind the colon of `livecoder:NAME`.

    >>> own_name("fluid:in")
    'fluid in'
    """
    if name == EVERY:
        return "every"
    letters = "".join(
        " " if letter == ":" or not letter.isprintable() else letter for letter in name
    )
    return letters.strip().encode()[:_LONGEST].decode(errors="ignore") or "midi"


def nobody_is_called(name: str, ports: Iterable[str], opened: str, *, kind: str = "output") -> str:
    """Return what to tell a performer whose name fits no port: what is near, what was opened.

    >>> nobody_is_called("abletn", ["Ableton:out 1", "system:midi"], "livecoder:abletn in")
    'no MIDI output is called "abletn" (near: Ableton:out 1); livecoder:abletn in waits for one'
    """
    near = near_names(name, ports)
    hint = f" (near: {', '.join(near)})" if near else ""
    return f'no MIDI {kind} is called "{name}"{hint}; {opened} waits for one'


def near_names(name: str, ports: Iterable[str]) -> tuple[str, ...]:
    """Return up to three ports with a name, or a part of one, that is nearly this.

    >>> near_names("fluidsinth", ["system:midi", "fluidsynth:in"])
    ('fluidsynth:in',)
    """
    known = {part.casefold(): port for port in ports for part in (port, *port.split(":"))}
    close = get_close_matches(name.casefold(), known, _NEAR, _SIMILAR)
    return tuple(dict.fromkeys(known[one] for one in close))


def _is(wanted: str, name: str) -> bool:
    return wanted == name


def _is_part(wanted: str, name: str) -> bool:
    return wanted in name.split(":")


def _contains(wanted: str, name: str) -> bool:
    return wanted in name
