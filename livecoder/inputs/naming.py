"""What a performer calls a controller: a number, what it is, or a name it was taught."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from livecoder.core.errors import RangeError

__all__ = ["EVERY", "Place", "learnable", "place_of", "port_of"]

EVERY = "*"
"""The port that hears every input there is."""

_WHAT = re.compile(r"(cc|touch|rpn|nrpn) (\d{1,5})|bend|touch|program")
_HIGHEST = {"cc": 127, "touch": 127, "rpn": 16_383, "nrpn": 16_383}
# Selecting parameters and setting them takes these; from 120 on they are about the channel.
_TOOLS = frozenset({6, 38, *range(96, 102), *range(120, 128)})
_LONGEST = 40


class Place(NamedTuple):
    """Where a controller is.

    Attributes:
        what: see `inputs.reading`.
        port: the input.
        channel: from 1; None for any.
    """

    what: str
    port: str = EVERY
    channel: int | None = None

    def __str__(self) -> str:
        """As it is told and kept: `cc 74 on nano, channel 1`."""
        port = "" if self.port == EVERY else f" on {self.port}"
        return f"{self.what}{port}" + ("" if self.channel is None else f", channel {self.channel}")


def place_of(which: Any, port: Any = None, channel: Any = None) -> Place | None:
    """Return the place a performer means; None for a name, which stands for one.

    >>> place_of(74), place_of("bend", "keys", 2), place_of("knob 1")
    (Place(what='cc 74', port='*', channel=None), Place(what='bend', port='keys', channel=2), None)

    Raises:
        RangeError: it is no controller; says what one is.
    """
    if channel is not None and (isinstance(channel, bool) or channel not in range(1, 17)):
        raise RangeError("channel", channel, "from 1 to 16", fix="try cc(74, channel=1)")
    if isinstance(which, int) and not isinstance(which, bool):
        which = f"cc {which}"
    if not isinstance(which, str) or not which.strip() or len(which) > _LONGEST:
        fix = 'try cc(74), cc("bend") or cc("knob 1")'
        raise RangeError("controller", which, "a number, or a name of 1 to 40 letters", fix=fix)
    found = _WHAT.fullmatch(which)
    if found is None and not re.match(r"(cc|rpn|nrpn) -?\d", which):
        return None
    if found is None or (found[1] and int(found[2]) > _HIGHEST[found[1]]):
        most = 127 if which.startswith("cc") else 16_383
        raise RangeError("controller", which, f"from 0 to {most}", fix="try cc(74)")
    return Place(which, port_of(port), channel)


def port_of(port: Any) -> str:
    """Return the input a performer means; every one if not said.

    Raises:
        RangeError: it is no name.
    """
    if port is None:
        return EVERY
    if not isinstance(port, str) or not port.strip():
        raise RangeError("port", port, "a name", fix='try port="keyboard"')
    return port.strip()


def learnable(what: str) -> bool:
    """Whether somebody who moves this means a controller to be taught.

    >>> [learnable(what) for what in ("cc 74", "nrpn 300", "bend", "cc 99", "touch", "cc 123")]
    [True, True, True, False, False, False]
    """
    kind, _, number = what.partition(" ")
    return kind in ("rpn", "nrpn", "bend") or (kind == "cc" and int(number) not in _TOOLS)
