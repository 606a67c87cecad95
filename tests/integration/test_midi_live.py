"""A keyboard and a knob on a real JACK server, in a session at its prompt, through kills."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest

from livecoder.core.events import Panic
from livecoder.session.offline import perform
from livecoder.session.script import read_script
from tests.integration.driver import Home, a_home, a_prompt, kill, until
from tests.integration.recorder import MidiRecorder
from tests.integration.rig import a_rig, bar
from tests.integration.sender import MidiSender
from tests.integration.server import JackServer

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]


@pytest.fixture
def home(jack: JackServer) -> Iterator[Home]:
    # A synchronous server would wait ten seconds for each client that is killed.
    jack.stop()
    jack.synchronous = False
    jack.start()
    with a_home() as made:
        yield made


@pytest.fixture
def watched_home(jack: JackServer) -> Iterator[Home]:
    """A home on a server that waits for who measures; nothing is killed there."""
    assert jack
    with a_home() as made:
        yield made


def _ons(recorder: MidiRecorder, channel: int) -> list[tuple[int, int, int]]:
    """Return (frame, key, velocity) of the notes on a channel."""
    return [(o.frame, o.note, o.data[2]) for o in recorder.ons if o.channel == channel]


def _turn(nano: MidiSender, value: int, recorder: MidiRecorder, *, why: str) -> None:
    """Turn knob 21 until it is heard: a new connection is in force from a later cycle on."""

    def heard() -> bool:
        nano.send(bytes((0xB0, 21, value)))
        return any(velocity == value for *_, velocity in _ons(recorder, 1))

    until(heard, why=why)


def test_keys_are_heard_in_their_rhythm_and_captured(watched_home: Home) -> None:
    with (
        a_prompt(watched_home) as prompt,
        MidiSender("keys") as keys,
        MidiRecorder("^livecoder:rec$") as recorder,
    ):
        prompt.type('d1 >> midi_in("keys").midi("rec", 1); d2 >> note("c2*4").midi("rec", 2)')
        until(lambda: keys.listeners == ["livecoder:keys in"], why="the input to connect")
        until(lambda: len(_ons(recorder, 2)) > 4, why="the port, and time that runs")
        steps = [0.0, 0.25, 0.375, 0.75, 1.0]
        played = [(at, bytes((0x90, 60 + i, 40 + i))) for i, at in enumerate(steps)]
        released = [(at + 0.1, bytes((0x80, 60 + i, 0))) for i, at in enumerate(steps)]
        begin = keys.play([*played, *released], delay=0.3)
        heard = until(
            lambda: len(_ons(recorder, 1)) >= 5 and _ons(recorder, 1), why="what was played"
        )
        assert isinstance(heard, list)
        assert [(key, velocity) for _, key, velocity in heard] == [
            (60 + i, 40 + i) for i in range(5)
        ]
        frames = [frame for frame, *_ in heard]
        assert begin < frames[0]
        assert frames == sorted(frames)
        # When, to the microsecond, is for a clock that does not depend on the machine.
        prompt.type(
            'caught = capture(4, port="keys").onsets_only().query(0, 4)',
            '[int(h.value["note"]) for h in sorted(caught, key=lambda h: h.whole.begin)]',
        )
        shown = prompt.see(r"\[6\d(, 6\d)*\]")
        keys_in_order = [int(x) for x in re.findall(r"\b6\d\b", shown.rpartition("[")[2])]
        # The loop may begin between any two of the notes.
        turns = [[60 + (i + k) % 5 for k in range(5)] for i in range(5)]
        assert keys_in_order in turns
        prompt.leave()
        assert not recorder.sounding()


def test_a_knob_is_taught_survives_a_kill_and_is_saved(home: Home) -> None:
    with (
        a_prompt(home) as prompt,
        MidiSender("nano") as nano,
        MidiRecorder("^livecoder:rec$") as recorder,
    ):
        prompt.type('tempo(240); d1 >> note("c4*16").midi("rec", 1).velocity(cc("knob 1"))')
        prompt.see("learn")
        prompt.type('learn("knob 1")')
        until(lambda: nano.listeners, why="every input to be listened to")
        nano.send(b"\x90\x3c\x40", b"\xb0\x15\x40")
        prompt.see("'knob 1' is cc 21")
        until(lambda: any(v == 64 for *_, v in _ons(recorder, 1)), why="where it stands")
        nano.send(b"\xb0\x15\x20")
        until(lambda: any(v == 32 for *_, v in _ons(recorder, 1)), why="the knob to be heard")
        # The process that has the ports is killed: the knob is heard again.
        kill(home.process("livecoder: midi"))
        until(lambda: not nano.listeners, why="the process to be gone")
        until(lambda: nano.listeners, why="the new process to listen")
        _turn(nano, 127, recorder, why="the knob, again")
        # The controller is unplugged, and plugged in again.
        nano.close()
        prompt.see("has gone")
        with MidiSender("nano") as back:
            until(lambda: back.listeners, why="to be found again")
            _turn(back, 17, recorder, why="the knob, once more")
            prompt.type(f'save("{home.folder}/set.py")')
            prompt.see("saved")
            prompt.leave()
        assert not recorder.sounding()
    script = read_script(home.folder / "set.py")
    text = "\n".join(block.source for block in script.blocks)
    assert "knob('knob 1', 21, port='*', channel=1)" in text
    assert "learn(" not in text
    rendered = perform(script, bars=60)
    assert not rendered.problems
    velocities = [round(event.controls["velocity"] * 127) for event in rendered.tracks["d1"]]
    turned = [v for i, v in enumerate(velocities) if i == 0 or v != velocities[i - 1]]
    assert turned == [0, 64, 32, 127, 17]


def test_an_instrument_that_comes_later_is_told_its_zone_and_none_is_left_sounding(
    jack: JackServer,
) -> None:
    assert jack
    zone = b"\xb0\x06\x0f"
    with a_rig() as rig:
        midi = rig.ready("midi", backend="jack")
        for number in range(60):
            notes = [60.5, 64.0, 67.25, 71.0]
            made = bar("d1", number, notes, port="osmose")
            events = tuple(
                event._replace(controls={**event.controls, "note": pitch, "mpe": 15})
                for event, pitch in zip(made.events, notes, strict=True)
            )
            midi.send(made._replace(events=events))
        rig.start(bpm=480)
        for _ in range(5):
            with MidiRecorder("^livecoder:osmose$") as recorder:
                until(lambda r=recorder: any(one.data == zone for one in r.heard), why="the zone")
                until(lambda r=recorder: len(r.ons) >= 4, why="notes")
                assert {one.channel for one in recorder.ons} <= set(range(2, 17))
                assert any(one.data[0] & 0xF0 == 0xE0 for one in recorder.heard)
            time.sleep(1.0)  # some looks at the ports, so that it is missed
        with MidiRecorder("^livecoder:osmose$") as recorder:
            until(lambda: len(recorder.ons) >= 4, why="notes")
            midi.send(Panic())
            until(lambda: not recorder.sounding(), why="silence")
