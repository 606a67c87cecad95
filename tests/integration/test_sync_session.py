"""The clock, typed at the prompt: sent through a stuck and a killed front, and followed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from livecoder.session.script import read_script
from tests.fakes.master import Master
from tests.integration.driver import Home, a_home, a_prompt, kill, run, until
from tests.integration.recorder import MidiRecorder
from tests.integration.sender import MidiSender
from tests.integration.server import JackServer
from tests.integration.test_clock_jack import BEGIN, CLOCK, CONTINUE, STOP, rows

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]


@pytest.fixture
def home(jack_asynchronous: JackServer) -> Iterator[Home]:
    assert jack_asynchronous
    with a_home() as made:
        yield made


def pulses(recorder: MidiRecorder) -> int:
    return sum(one.data == CLOCK for one in list(recorder.heard))


def test_a_clock_runs_on_through_a_stuck_front_a_killed_midi_process_and_a_killed_front(
    home: Home,
) -> None:
    with MidiRecorder("^livecoder:out$") as recorder:
        with a_prompt(home) as prompt:
            prompt.type('tempo(150); sync.midi_clock_out("out"); d1 >> note("c").midi("out", 1)')
            until(lambda: pulses(recorder) > 48, why="pulses")
            before = pulses(recorder)
            prompt.type("x = sorted(range(10**7, 0, -1))")
            until(lambda: pulses(recorder) > before + 96, why="pulses through a stuck front")
            assert len(rows(recorder.heard)) == 1, "it never left"
            kill(home.processes()["livecoder: midi"])
            until(lambda: len(rows(recorder.heard)) == 2, why="the new process to join")
            assert rows(recorder.heard)[1][0][0] == 0xF2
            prompt.type("goto(17)")
            until(lambda: len(rows(recorder.heard)) == 3, why="the song position")
            assert rows(recorder.heard)[2][0] == b"\xf2\x00\x02" + CONTINUE
            prompt.type("bar() >= 17")
            prompt.see("True")
            prompt.type("stop()")
            until(lambda: recorder.heard[-1].data == STOP, why="the Stop")
            prompt.type("play()")
            until(lambda: len(rows(recorder.heard)) == 4, why="a Continue")
            prompt.type(f'save("{home.folder}/set.py")')
            prompt.see("saved")
            assert read_script(home.folder / "set.py").blocks, "and its bars go forward"
            before = pulses(recorder)
            kill(home.processes()["livecoder: front"])
        until(lambda: pulses(recorder) > before + 120, why="pulses without a front")
        assert len(rows(recorder.heard)) == 4
        run(home, "stop")
        until(lambda: recorder.heard[-1].data == STOP, why="the last Stop")


def test_a_master_is_followed_stops_us_goes_elsewhere_and_is_let_go(home: Home) -> None:
    with (
        MidiSender() as sender,
        MidiRecorder("^livecoder:notes$") as recorder,
        a_prompt(home) as prompt,
    ):
        prompt.type('sync.follow("mater")')
        prompt.see(r"near: master:out")
        prompt.type('sync.follow("master"); d1 >> note("<c d e f g a b c6>").midi("notes", 1)')
        # A network, and hands that play nothing: what is not there yet is no reason to stay.
        prompt.type('d2 >> melody_rnn().midi("net", 2); d3 >> midi_in("hands").midi("net", 3)')
        until(lambda: sender.listeners, why="the input to connect")
        until(recorder.connected, why="the port to open")
        master = Master()
        master.start()
        master.beats(40, 160)
        master.stop()
        master.seek(64)
        master.wait(6)
        master.go_on()
        master.beats(60, 120)
        sender.play(((ns / 1e9, data) for ns, data in master.messages), delay=0.5)
        prompt.see('following the clock of "master"')
        prompt.type("tempo(90)")
        prompt.see(r"sync\.free\(\) gives it back")
        prompt.see('"master" has stopped', seconds=60)
        count = len(recorder.ons)
        # Bar 5 of the song has g; it is the first note after the Continue.
        until(lambda: len(recorder.ons) > count + 2, why="notes again")
        assert [one.note for one in recorder.ons[count:]][:3] == [55, 57, 59]
        until(lambda: len(recorder.ons) > count + 5, why="more notes")
        sender.forget()
        prompt.see("comes no more")
        count = len(recorder.ons)
        until(lambda: len(recorder.ons) > count + 1, why="notes without a master")
        prompt.type("sync.free(); tempo(130)")
        prompt.see("130")
        prompt.type(f'save("{home.folder}/set.py"); print(open("{home.folder}/set.py").read())')
        prompt.see(r"goto\(5\)")
        assert BEGIN not in {one.data for one in recorder.heard}
