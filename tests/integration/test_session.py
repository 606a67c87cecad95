"""The whole instrument, played at its prompt, while things are killed and typed wrong."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import mido
import numpy as np
import psutil
import pytest

from tests.integration.driver import Home, Prompt, a_home, a_prompt, kill, run, until
from tests.integration.recorder import AudioRecorder, Heard, MidiRecorder
from tests.integration.server import JackServer

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

_BAR = 48_000  # frames at tempo(240), four beats
_SCALE = [60, 62, 64, 65]


@pytest.fixture
def home(jack: JackServer) -> Iterator[Home]:
    # A synchronous server would wait ten seconds for each client that is killed.
    jack.stop()
    jack.synchronous = False
    jack.start()
    with a_home() as made:
        yield made


def _play(prompt: Prompt, recorder: MidiRecorder) -> None:
    """Start a scale of four notes a bar, a bar a second, and wait until it is heard."""
    prompt.type('tempo(240); d1 >> note("c4 d4 e4 f4").midi("rec", 1)')
    until(lambda: len(recorder.ons) >= 8, why="notes")


def _complete(notes: list[Heard]) -> None:
    """Hold that the scale goes up and round without a gap or a doubled note."""
    pitches = [one.note for one in notes]
    first = _SCALE.index(pitches[0])
    heard = [(one.frame, one.note) for one in notes]
    assert pitches == [_SCALE[(first + i) % 4] for i in range(len(pitches))], heard
    gaps = np.diff([one.frame for one in notes])
    assert gaps.min() > _BAR / 8, gaps
    assert gaps.max() < _BAR * 3 / 8, gaps


def _hear(recorder: MidiRecorder, more: int) -> list[Heard]:
    """Return the notes from now on until there are `more`."""
    already = len(recorder.ons)
    until(lambda: len(recorder.ons) >= already + more, why="notes go on")
    return recorder.ons[already:]


def _loud(recorder: AudioRecorder, begin: int) -> list[bool]:
    """Return for each half second from a frame on whether there was sound."""
    start, sound = recorder.samples()
    sound = sound[max(0, begin - start) :]
    blocks = sound[: len(sound) // 24_000 * 24_000].reshape(-1, 24_000)
    return [bool(np.abs(block).max() > 1e-3) for block in blocks]


def test_what_is_typed_reaches_a_port_of_that_name_and_ends_with_the_session(home: Home) -> None:
    with a_prompt(home) as prompt, MidiRecorder("^livecoder:rec$") as recorder:
        _play(prompt, recorder)
        _complete(_hear(recorder, 8))
        assert {"livecoder", "livecoder: front", "livecoder: midi", "livecoder: audio"} <= set(
            home.processes()
        )
        prompt.leave()
        until(lambda: not home.processes(), why="all processes end")
        assert not recorder.sounding()


@pytest.mark.parametrize(
    "typed",
    ["while True: pass", "x = sorted(range(10**7, 0, -1))", "await asyncio.sleep(60)"],
    ids=["endless", "locked", "waiting"],
)
def test_a_busy_block_is_not_heard_and_ctrl_c_ends_it(home: Home, typed: str) -> None:
    with a_prompt(home) as prompt, MidiRecorder("^livecoder:rec$") as recorder:
        _play(prompt, recorder)
        already = len(recorder.ons)
        prompt.type("import asyncio")
        prompt.type(typed)
        _hear(recorder, 16)
        prompt.interrupt()
        prompt.type("6 * 7")
        prompt.see(r"\b42\b")
        _complete(recorder.ons[already:])
        prompt.leave()


def test_wrong_lines_say_what_to_type_and_are_not_heard(home: Home) -> None:
    with a_prompt(home) as prompt, MidiRecorder("^livecoder:rec$") as recorder:
        _play(prompt, recorder)
        already = len(recorder.ons)
        for typed, said in [
            ("d1 >> s('plukc')", "did you mean 'pluck'"),
            ("d1 >> s('bd [sn')", r"\^"),
            ("1 +", "invalid syntax"),
            ("d1 >> note('c e').scale('c:dorain')", "dorian"),
            ("melody_rn()", "melody_rnn"),
            ('save("/nowhere/at/all.py")', "cannot be written"),
            ("d1.every()", "every"),
        ]:
            prompt.type(typed)
            shown = prompt.see(said)
            assert "Traceback" not in shown
        _hear(recorder, 4)
        _complete(recorder.ons[already:])
        prompt.leave()


def test_a_killed_midi_process_is_back_within_a_bar(home: Home) -> None:
    with (
        a_prompt(home) as prompt,
        MidiRecorder("^livecoder:rec$") as recorder,
        AudioRecorder("^livecoder") as audio,
    ):
        _play(prompt, recorder)
        prompt.type('d2 >> s("bd*8")')
        until(lambda: any(_loud(audio, audio.now - 48_000)), why="drums")
        begun = audio.now
        kill(home.process("livecoder: midi"))
        after = _hear(recorder, 8)
        assert after[0].frame - begun < 2 * _BAR
        _complete(after)
        until(lambda: audio.now - begun > 3 * _BAR)
        assert all(_loud(audio, begun))
        prompt.leave()
        assert not recorder.sounding()


def test_a_killed_audio_process_is_back_and_midi_does_not_notice(home: Home) -> None:
    with (
        a_prompt(home) as prompt,
        MidiRecorder("^livecoder:rec$") as recorder,
        AudioRecorder("^livecoder") as audio,
    ):
        _play(prompt, recorder)
        prompt.type('d2 >> s("bd*8")')
        until(lambda: any(_loud(audio, audio.now - 48_000)), why="drums")
        already, begun = len(recorder.ons), audio.now
        kill(home.process("livecoder: audio"))
        until(lambda: sum(_loud(audio, begun)) >= 4, why="drums again")
        _complete(recorder.ons[already:])
        prompt.leave()


def test_a_killed_network_repeats_a_bar_at_most_and_others_play_on(home: Home) -> None:
    with a_prompt(home) as prompt, MidiRecorder("^livecoder:(rec|net)$") as recorder:
        prompt.type('key("a:minor"); d2 >> melody_rnn().midi("net", 2)')
        until(lambda: any(one.channel == 2 for one in recorder.ons), why="a network")
        _play(prompt, recorder)
        already = len(recorder.ons)
        kill(home.process("livecoder: model melody_rnn"))
        until(
            lambda: sum(one.channel == 2 for one in recorder.ons[already:]) >= 24,
            why="the network again",
        )
        home.process("livecoder: model melody_rnn")
        _complete([one for one in recorder.ons[already:] if one.channel == 1])
        in_key = {9, 11, 0, 2, 4, 5, 7}
        assert {one.note % 12 for one in recorder.ons if one.channel == 2} <= in_key
        prompt.leave()


def test_a_killed_front_is_not_heard_and_enter_takes_over(home: Home) -> None:
    with a_prompt(home) as prompt, MidiRecorder("^livecoder:rec$") as recorder:
        _play(prompt, recorder)
        already = len(recorder.ons)
        kill(home.process("livecoder: front"))
        prompt.see("Enter takes over")
        _hear(recorder, 16)
        prompt.screen.send("\r")
        prompt.ready()
        _hear(recorder, 12)
        prompt.type("d1")
        prompt.see("note")
        _complete(recorder.ons[already:])
        already = len(recorder.ons)
        prompt.type('d1 >> note("c5*4").midi("rec", 1)')
        until(lambda: 72 in [one.note for one in recorder.ons[already:]], why="an edit")
        prompt.leave()
        until(lambda: not home.processes(), why="all processes end")


def test_resume_from_another_terminal(home: Home) -> None:
    with MidiRecorder("^livecoder:rec$") as recorder:
        with a_prompt(home) as prompt:
            _play(prompt, recorder)
            guardian = home.process("livecoder")
            kill(home.process("livecoder: front"))
            kill(guardian)
        _hear(recorder, 8)
        already = len(recorder.ons)
        with a_prompt(home, "--resume") as prompt:
            _hear(recorder, 8)
            _complete(recorder.ons[already:])
            prompt.leave()
        until(lambda: not home.processes(), why="all processes end")


def test_after_a_power_cut_nothing_typed_is_lost(home: Home) -> None:
    with MidiRecorder("^livecoder:rec$") as recorder:
        with a_prompt(home) as prompt:
            _play(prompt, recorder)
            prompt.type("x = 7 * 10_001")
            prompt.type("x")
            prompt.see("70007")
            for process in home.processes().values():
                with contextlib.suppress(psutil.NoSuchProcess):
                    kill(process)
        with a_prompt(home) as prompt:
            prompt.see(r"recover\(\)")
            already = len(recorder.ons)
            prompt.type("recover()")
            until(lambda: len(recorder.ons) >= already + 8, why="the lost set")
            prompt.type("x + 1")
            prompt.see("70008")
            prompt.leave()
        with a_prompt(home) as prompt:
            prompt.type("'ok'")
            assert "recover()" not in prompt.see("ok")
            prompt.leave()


def _notes(path: Path) -> dict[int, list[int]]:
    """Return the pitches of a MIDI file by channel, in order."""
    found: dict[int, list[tuple[int, int]]] = {}
    for track in mido.MidiFile(path).tracks:
        at = 0
        for message in track:
            at += message.time
            if message.type == "note_on" and message.velocity:
                found.setdefault(message.channel + 1, []).append((at, message.note))
    return {channel: [note for _, note in sorted(notes)] for channel, notes in found.items()}


def test_a_set_played_live_saved_and_rendered_gives_the_same_notes(home: Home) -> None:
    script, rendered = home.folder / "set.py", home.folder / "set.mid"
    with a_prompt(home, "--seed", "7") as prompt, MidiRecorder("^livecoder:rec$") as recorder:
        # A bar that is late would be repeated live, and not in the render.
        prompt.type('d9 >> melody_rnn().midi("rec", 9)')
        until(lambda: recorder.ons, why="a network that is there")
        prompt.type('tempo(200); key("a:minor"); tune = melody_rnn(temperature=1.1)')
        prompt.type('d1 >> tune.midi("rec", 1); d2 >> tune.every(2, rev).midi("rec", 2)')
        until(lambda: len(recorder.ons) >= 24, why="a duet")
        prompt.type("d1.temperature(0.6)")
        prompt.type("d1 >> s(")  # never finished: taken back with Ctrl-C
        prompt.interrupt()
        prompt.type("d2 >> nonsense")
        _hear(recorder, 24)
        prompt.type("d1.again()")
        prompt.type('d3 >> note("<c3 e3 g3>*2").midi("rec", 3)')
        _hear(recorder, 24)
        prompt.type("d2.freeze(2)")
        _hear(recorder, 24)
        prompt.type('key("d:dorian")')
        _hear(recorder, 24)
        prompt.type(f'save("{script}")')
        prompt.see("saved")
        prompt.leave()
    status, said = run(home, "render", str(script), "--midi", str(rendered))
    assert status == 0, said
    written = _notes(rendered)
    for channel in (1, 2, 3):
        live = [one.note for one in recorder.ons if one.channel == channel]
        assert len(live) >= 4
        # The render plays on for some bars after the last block.
        assert written[channel][: len(live)] == live


def test_render_twice_is_the_same_to_the_byte_and_in_key(home: Home) -> None:
    script = home.folder / "x.py"
    script.write_text(
        'tempo(140); key("e:phrygian")\nd1 >> melody_rnn(temperature=1.5).s("lead")\n'
        "d2 >> s('bd*4')\n"
    )
    paths = [home.folder / name for name in ("a.mid", "b.mid", "c.mid")]
    for path, seed in zip(paths, ("3", "3", "4"), strict=True):
        status, said = run(
            home, "render", str(script), "--bars", "8", "--seed", seed, "--midi", str(path)
        )
        assert status == 0, said
    first, second, other = (path.read_bytes() for path in paths)
    assert first == second
    assert first != other
    in_key = {4, 5, 7, 9, 11, 0, 2}
    melody = _notes(paths[0])[1]
    assert len(melody) > 16
    assert {note % 12 for note in melody} <= in_key


def test_first_light_plays_live_and_renders(home: Home) -> None:
    with AudioRecorder("^livecoder") as audio:
        begun = audio.now
        status, said = run(home, "play", "sessions/first_light.py", "--bars", "3")
        assert status == 0, said
        assert "bar 3/3" in said
        assert sum(_loud(audio, begun)) >= 8
    until(lambda: not home.processes(), why="all processes end")
    wav, stems = home.folder / "f.wav", home.folder / "stems"
    status, said = run(
        home,
        *("render", "sessions/first_light.py", "--bars", "2"),
        *("--wav", str(wav), "--stems", str(stems)),
    )
    assert status == 0, said
    assert wav.stat().st_size > 100_000
    assert {"d3.wav", "d4.wav"} <= {path.name for path in stems.iterdir()}
