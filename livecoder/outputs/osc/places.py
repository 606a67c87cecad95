"""Where OSC goes: an address, and how messages to it are written.

An address is numbers (`127.0.0.1:9000`) or `localhost:9000`: no name is ever looked up, as that
may take seconds.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from livecoder.core.errors import RangeError, UnknownNameError

__all__ = ["SUPERDIRT", "Place", "check_path", "place_at", "place_named"]

_LONGEST = 200
_MOST_ARGUMENTS = 32
_PATH = re.compile(r"/[!-~]*")
_FIX = 'try osc_out("lights", "127.0.0.1:9000")'


class Place(NamedTuple):
    """One receiver.

    Attributes:
        host: an IPv4 address, in numbers.
        port: UDP port.
        path: address of the messages, `/light`; `{track}` in it is the name of the track.
        arguments: controls whose values are sent, in order; none for all, each after its name.
        dirt: whether the receiver is SuperDirt, or speaks as it does.
        timed: whether it reads timetags; else each message leaves when it is due, alone.
    """

    host: str
    port: int
    path: str = "/livecoder/{track}"
    arguments: tuple[str, ...] = ()
    dirt: bool = False
    timed: bool = True


SUPERDIRT = Place("127.0.0.1", 57120, "/dirt/play", dirt=True)
"""Where SuperDirt listens unless it is told otherwise."""

_BUILT_IN: Mapping[str, Place] = MappingProxyType({"superdirt": SUPERDIRT})


def place_at(
    address: Any,
    *,
    path: Any = None,
    arguments: Any = (),
    dirt: bool = False,
    timed: bool = True,
) -> Place:
    """Return the place of an address.

    >>> place_at("localhost:9000", path="/light", arguments="hue gain")[:4]
    ('127.0.0.1', 9000, '/light', ('hue', 'gain'))

    Raises:
        RangeError: the address, the path or an argument is none; says what is allowed.
    """
    host, port = _address(address)
    names = tuple(arguments.split() if isinstance(arguments, str) else arguments)
    if len(names) > _MOST_ARGUMENTS or not all(isinstance(n, str) and n for n in names):
        allowed = f"up to {_MOST_ARGUMENTS} names of controls"
        raise RangeError("args", arguments, allowed, fix='try args="hue gain"')
    if path is None:
        path = SUPERDIRT.path if dirt else Place("", 0).path
    return Place(host, port, check_path(path), names, bool(dirt), bool(timed))


def place_named(name: str, places: Mapping[str, Place]) -> Place:
    """Return the place a pattern means: one that was named, `"superdirt"`, or an address.

    Raises:
        UnknownNameError: none is called so.
        RangeError: it is an address that is none.
    """
    found = places.get(name) or _BUILT_IN.get(name)
    if found is not None:
        return found
    if ":" in name:
        return place_at(name)
    known = {**_BUILT_IN, **places}
    raise UnknownNameError("place for OSC", name, known, listing="help(osc_out)")


def check_path(path: Any) -> str:
    """Return the address of a message that is one.

    Raises:
        RangeError: it does not begin with a slash, or is too long.
    """
    if not isinstance(path, str) or not _PATH.fullmatch(path) or len(path) > _LONGEST:
        raise RangeError("path", path, 'text like "/light"', fix='try path="/light"')
    return path


def _address(address: Any) -> tuple[str, int]:
    allowed = 'numbers like "127.0.0.1:9000"'
    if not isinstance(address, str) or len(address) > _LONGEST:
        raise RangeError("address", address, allowed, fix=_FIX)
    host, _, port = address.rpartition(":")
    try:
        number = int(port)
        plain = str(ipaddress.IPv4Address("127.0.0.1" if host in ("", "localhost") else host))
    except ValueError:
        raise RangeError("address", address, allowed, fix=_FIX) from None
    if not 1 <= number <= 65535:
        raise RangeError("port", number, "from 1 to 65535", fix=_FIX)
    return plain, number
