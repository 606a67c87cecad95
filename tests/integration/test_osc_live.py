"""OSC in a live session: bundles with the times of the beats, and values that come in."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from livecoder.core.rational import Rational
from livecoder.inputs.osc_packets import Message, read_packet
from tests.integration.live import Live, a_session
from tests.integration.rig import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]


class Receiver:
    """A receiver of OSC: every message with the time it came, ns since 1970."""

    def __init__(self) -> None:
        self.got: list[tuple[int, Message]] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.1)
        self.port = self._socket.getsockname()[1]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                packet = self._socket.recv(65536)
            except TimeoutError:
                continue
            now = time.time_ns()
            self.got += [(now, message) for message in read_packet(packet)]

    def of(self, address: str) -> list[tuple[int, Message]]:
        return [(at, message) for at, message in list(self.got) if message.address == address]

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        self._socket.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    with a_session(tmp_path) as made:
        yield made


def _wall_of_beat(live: Live, beat: Rational) -> int:
    return live.session.scheduler.tempo_map.ns_at(beat) + time.time_ns() - time.monotonic_ns()


def test_bundles_bear_the_wall_time_of_their_beats(live: Live, receiver: Receiver) -> None:
    block = f"osc_out('here', '127.0.0.1:{receiver.port}'); d1 >> s('bd*4').osc('here')"
    assert live.type(block) == ""
    until(lambda: len(receiver.of("/livecoder/d1")) >= 8, why="two bars")
    for beat, (_, message) in enumerate(receiver.of("/livecoder/d1")[:8]):
        assert message.unix_ns is not None
        # Two readings of two clocks are apart by what interrupts them: the beat it bears, of 500
        # ms, is its own.
        assert abs(message.unix_ns - _wall_of_beat(live, Rational(beat))) < 250_000_000
        assert message.values == ("s", "bd")


def test_untimed_messages_leave_when_they_are_due(live: Live, receiver: Receiver) -> None:
    block = (
        f"osc_out('lamp', '127.0.0.1:{receiver.port}', '/lamp', 'gain', timed=False); "
        "d1 >> s('bd*4').gain('1 .5').osc('lamp')"
    )
    assert live.type(block) == ""
    until(lambda: len(receiver.of("/lamp")) >= 8, why="two bars")
    late = [
        at - _wall_of_beat(live, Rational(beat))
        for beat, (at, _) in enumerate(receiver.of("/lamp")[:8])
    ]
    assert min(late) > -1_000_000  # never before
    assert [m.values for _, m in receiver.of("/lamp")[:4]] == [(1.0,), (1.0,), (0.5,), (0.5,)]


def test_a_killed_process_is_back_and_knows_the_places(live: Live, receiver: Receiver) -> None:
    block = f"osc_out('here', '127.0.0.1:{receiver.port}'); d1 >> s('bd*4').osc('here')"
    assert live.type(block) == ""
    until(lambda: len(receiver.got) >= 4, why="it plays")
    os.kill(int((live.session.folder / "osc.pid").read_text()), signal.SIGKILL)
    before = len(receiver.got)
    until(lambda: len(receiver.got) >= before + 8, why="it plays again")
    times = [message.unix_ns or 0 for _, message in receiver.got]
    beats = [round((at - times[0]) / 5e8) for at in times]
    assert len(set(beats)) == len(beats)  # no beat twice
    assert beats[-1] - beats[before] == len(beats) - 1 - before  # nor one left out since


def test_a_value_is_read_just_before_it_sounds(live: Live, receiver: Receiver) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    block = (
        f"osc_in({port}); osc_out('here', '127.0.0.1:{receiver.port}', '/v', 'gain'); "
        "d1 >> s('bd*4').gain(osc('/fader/1', default=-1)).osc('here')"
    )
    assert live.type(block) == ""
    begun, ages = time.time_ns(), []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        from pythonosc.osc_message_builder import OscMessageBuilder

        while len(receiver.of("/v")) < 6:
            builder = OscMessageBuilder("/fader/1")
            builder.add_arg((time.time_ns() - begun) / 1e9)
            out.sendto(builder.build().dgram, ("127.0.0.1", port))
            time.sleep(0.005)
    for _, message in receiver.of("/v")[1:]:
        ages.append(((message.unix_ns or 0) - begun) / 1e9 - float(message.values[0]))
    # One lookahead is 120 ms, and a little for the turns; two bars would be 4 s.
    assert min(ages) > 0.05
    assert sorted(ages)[len(ages) // 2] < 2.0
    live.session.midi_in.write_out()
    assert '"osc /fader/1 0"' in live.session.journal.path.read_text()  # so it plays again


def test_bad_packets_stop_nothing(live: Live) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert live.type(f"osc_in({port})") == ""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        for _ in range(200):
            out.sendto(b"\xff" * 64, ("127.0.0.1", port))
    time.sleep(0.2)
    said = [line for line in live.session.poll_messages() if "OSC" in line]
    assert len(said) == 1
    assert live.type("d1 >> s('bd')") == ""
    assert "cannot listen" in live.type(f"osc_in({port}, '127.0.0.2'); osc_in({port}, '8.8.8.8')")
