"""The time of day beside the clock of deadlines, whenever the thread that asks is interrupted."""

from __future__ import annotations

import socket
from contextlib import closing

from hypothesis import example, given
from hypothesis import strategies as st

from livecoder.clock.tempo import TempoMap
from livecoder.clock.wall import unix_minus_monotonic_ns
from livecoder.core.events import Event
from livecoder.core.rational import Rational
from livecoder.inputs.osc_packets import read_packet
from livecoder.outputs.instrument import Due
from livecoder.outputs.osc.instrument import OscInstrument

_MS = 1_000_000
# What reading a clock takes; as long as a good machine's.
_READ_NS = 60


class Machine:
    """Two clocks that go together, read by a thread that loses the processor at some readings."""

    def __init__(self, apart: int, away: dict[int, int]) -> None:
        self._apart, self._away = apart, away
        self._now = self._count = 0

    def monotonic(self) -> int:
        self._now += _READ_NS + self._away.get(self._count, 0)
        self._count += 1
        return self._now

    def unix(self) -> int:
        return self.monotonic() + self._apart


# Readings come in threes; each of these loses the processor somewhere within its three.
_places = st.lists(st.integers(0, 8), max_size=8).filter(
    lambda places: any(not {3 * i + 1, 3 * i + 2} & set(places) for i in range(3))
)


@given(st.integers(-(2**62), 2**62), _places, st.integers(1, 5_000))
@example(1_800_000_000_000_000_000, [1], 50)
@example(1_800_000_000_000_000_000, [2, 4], 50)
@example(1_800_000_000_000_000_000, [4, 8], 50)
def test_one_reading_that_is_not_interrupted_is_enough(
    apart: int, places: list[int], away_ms: int
) -> None:
    machine = Machine(apart, dict.fromkeys(places, away_ms * _MS))
    found = unix_minus_monotonic_ns(machine.monotonic, machine.unix)
    assert abs(found - apart) <= _READ_NS


def test_interrupted_each_time_it_is_wrong_by_half_of_the_least() -> None:
    machine = Machine(10**18, {1: 9 * _MS, 4: 2 * _MS, 7: 5 * _MS})
    found = unix_minus_monotonic_ns(machine.monotonic, machine.unix)
    assert abs(found - 10**18) <= 1 * _MS + _READ_NS


def test_all_that_is_due_bears_its_own_deadline_in_the_time_of_day() -> None:
    machine = Machine(1_800_000_000 * 10**9, {1: 40 * _MS})
    made = OscInstrument(print, lambda: unix_minus_monotonic_ns(machine.monotonic, machine.unix))
    with closing(made) as instrument, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as here:
        here.bind(("127.0.0.1", 0))
        here.settimeout(10)
        controls = {"osc": f"127.0.0.1:{here.getsockname()[1]}", "s": "bd"}
        deadlines = [7_000 * _MS + i * 125 * _MS for i in range(8)]
        events = [Event(Rational(i, 4), Rational(1, 4), controls) for i in range(8)]
        due = [Due("d1", event, ns, 125 * _MS) for event, ns in zip(events, deadlines, strict=True)]
        instrument.play(due, TempoMap(), 0)
        times = [message.unix_ns or 0 for _ in due for message in read_packet(here.recv(65536))]
    apart = [at - ns - 1_800_000_000 * 10**9 for at, ns in zip(times, deadlines, strict=True)]
    # A timetag counts in less than a nanosecond, but python-osc makes it from a float of seconds.
    assert max(map(abs, apart)) < 1_000
