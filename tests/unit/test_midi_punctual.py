"""Messages leave in order, none before its deadline, and a cancelled one never does."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from livecoder.outputs.midi.instrument import open_backend
from livecoder.outputs.midi.memory import PortMemory
from livecoder.outputs.midi.punctual import Punctual
from livecoder.outputs.midi.stamping import read_stamps

MS = 1_000_000
PATIENCE = 20.0


class Sink:
    """Remembers what was written, and when; tells that so many came."""

    def __init__(self, awaited: int) -> None:
        self.written: list[tuple[int, str, bytes]] = []
        self.full = threading.Event()
        self._awaited = awaited

    def write(self, port: str, data: bytes) -> None:
        self.written.append((time.monotonic_ns(), port, data))
        if len(self.written) == self._awaited:
            self.full.set()


def test_nothing_leaves_before_its_deadline_and_all_in_order() -> None:
    sink = Sink(50)
    punctual = Punctual("test", sink.write)
    begin = time.monotonic_ns()
    deadlines = [begin + 2 * MS * i for i in range(50)]
    for i, deadline in enumerate(deadlines):
        punctual.put(deadline, "port", bytes([0x90, i, 1]))
    assert sink.full.wait(PATIENCE)
    punctual.close()
    assert [data[1] for _, _, data in sink.written] == list(range(50))
    assert all(w[0] >= due for w, due in zip(sink.written, deadlines, strict=True))


def test_what_is_cancelled_is_never_written_and_what_follows_is_not_early() -> None:
    sink = Sink(1)
    punctual = Punctual("test", sink.write)
    punctual.put(time.monotonic_ns() + 20 * MS, "port", b"\x90\x01\x01")
    punctual.cancel()
    due = time.monotonic_ns() + 60 * MS
    punctual.put(due, "port", b"\x90\x02\x01")
    assert sink.full.wait(PATIENCE)
    punctual.close()
    assert [data for _, _, data in sink.written] == [b"\x90\x02\x01"]
    assert sink.written[0][0] >= due


def test_what_is_put_first_overtakes_and_loses_nothing() -> None:
    sink = Sink(3)
    punctual = Punctual("test", sink.write)
    due = time.monotonic_ns() + 40 * MS
    punctual.put(due, "port", b"\x90\x01\x01")
    punctual.put(due, "port", b"\x90\x02\x01")
    punctual.put_first("port", b"\xb0\x7b\x00")
    assert sink.full.wait(PATIENCE)
    punctual.close()
    assert [data[0] for _, _, data in sink.written] == [0xB0, 0x90, 0x90]


def test_stamps_are_read_back_as_they_left(tmp_path: Path) -> None:
    path = tmp_path / "stamps"
    memory = PortMemory(tmp_path / "memory")
    backend = open_backend(f"stamps:{path}", print, memory)
    backend.open(["b", "a"])
    begin = time.monotonic_ns()
    messages = [("a", b"\x90\x3c\x40"), ("b", b"\xf8"), ("c", b"\xc0\x05")]
    for i, (port, data) in enumerate(messages):
        backend.send(begin + i * MS, port, data)
    backend.close()
    stamps = read_stamps(path)
    assert [(port, data) for _, port, data in stamps] == messages
    assert [ns >= begin + i * MS for i, (ns, _, _) in enumerate(stamps)] == [True] * 3
    assert backend.lost == 0
