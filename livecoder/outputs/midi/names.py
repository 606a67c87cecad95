"""Which port a performer means by a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__all__ = ["find_port", "own_name"]

_LONGEST = 120


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
    letters = "".join(
        " " if letter == ":" or not letter.isprintable() else letter for letter in name
    )
    return letters.strip().encode()[:_LONGEST].decode(errors="ignore") or "midi"


def _is(wanted: str, name: str) -> bool:
    return wanted == name


def _is_part(wanted: str, name: str) -> bool:
    return wanted in name.split(":")


def _contains(wanted: str, name: str) -> bool:
    return wanted in name
