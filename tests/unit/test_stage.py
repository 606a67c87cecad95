"""The stage, by what is heard of it: scripts performed without waiting."""

from __future__ import annotations

import pytest

from livecoder.core.rational import Rational
from livecoder.session.offline import Performed, perform
from livecoder.session.script import parse


def played(*lines: str, bars: int = 4) -> Performed:
    return perform(parse("\n".join(lines), "x.py"), bars=bars)


def onsets(performed: Performed, track: str = "d1") -> list[tuple[float, object]]:
    return [
        (float(event.beat) / 4, event.controls.get("s", event.controls.get("note")))
        for event in performed.tracks.get(track, ())
    ]


def test_an_edit_waits_for_the_bar_line() -> None:
    heard = played("d1 >> s('bd*2')", "# bar 2.3", "d1 >> s('hh')")
    assert onsets(heard) == [(0, "bd"), (0.5, "bd"), (1, "bd"), (1.5, "bd"), (2, "hh"), (3, "hh")]


def test_quantum_sets_the_grid_edits_wait_for() -> None:
    heard = played("quantum(3); d1 >> s('bd')", "# bar 2", "d1 >> s('hh')", bars=5)
    assert onsets(heard) == [(0, "bd"), (1, "bd"), (2, "bd"), (3, "hh"), (4, "hh")]


def test_now_takes_effect_at_the_next_sixteenth() -> None:
    heard = played("d1 >> s('bd*4')", "# bar 1.3", "d1.play(s('hh*4'), now=True)", bars=1)
    assert onsets(heard) == [(0, "bd"), (0.25, "bd"), (0.5, "hh"), (0.75, "hh")]


def test_mute_and_solo_act_at_once_and_remember() -> None:
    heard = played(
        "d1 >> s('bd*4'); d2 >> s('hh*4')",
        "# bar 1.4",
        "d1.mute()",
        "# bar 2",
        "d1.unmute(); d1.solo()",
        "# bar 3",
        "d1.unsolo()",
        bars=3,
    )
    assert [at for at, _ in onsets(heard)] == [0, 0.25, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 2.75]
    assert [at for at, _ in onsets(heard, "d2")] == [0, 0.25, 0.5, 0.75, 2, 2.25, 2.5, 2.75]


def test_undo_of_a_track_goes_back_step_by_step() -> None:
    heard = played(
        "d1 >> s('bd')",
        "# bar 2",
        "d1 >> s('hh')",
        "# bar 3",
        "d1 >> s('cp')",
        "# bar 4",
        "d1.undo()",
        "# bar 5",
        "d1.undo()",
        bars=5,
    )
    assert [sound for _, sound in onsets(heard)] == ["bd", "hh", "cp", "hh", "bd"]


def test_undo_takes_back_the_last_block_whole() -> None:
    heard = played(
        "tempo(100); d1 >> s('bd'); d2 >> s('hh')",
        "# bar 2",
        "tempo(150); d1 >> s('cp'); d2.stop(); d3 >> s('sd')",
        "# bar 3",
        "undo()",
        bars=4,
    )
    assert [sound for _, sound in onsets(heard)] == ["bd", "cp", "bd", "bd"]
    assert [at for at, _ in onsets(heard, "d2")] == [0, 2, 3]
    assert [at for at, _ in onsets(heard, "d3")] == [1]
    assert [bpm for _, bpm in heard.tempi] == [100, 150, 100]


def test_two_undos_take_back_two_blocks() -> None:
    heard = played(
        "d1 >> s('bd')",
        "# bar 2",
        "d1 >> s('hh')",
        "# bar 3",
        "d1 >> s('cp')",
        "# bar 4",
        "undo()",
        "undo()",
        bars=4,
    )
    assert [sound for _, sound in onsets(heard)] == ["bd", "hh", "cp", "bd"]


def test_hush_is_silence_at_once_and_undo_brings_all_back() -> None:
    heard = played("d1 >> s('bd*4')", "# bar 1.5", "hush()", "# bar 3", "undo()", bars=3)
    assert [at for at, _ in onsets(heard)] == [0, 0.25, 2, 2.25, 2.5, 2.75]


def test_freeze_loops_what_was_played_and_thaw_goes_on() -> None:
    heard = played(
        "d1 >> s('<bd hh cp sd lt mt>')",
        "# bar 3",
        "d1.freeze(2)",
        "# bar 6",
        "d1.thaw()",
        bars=6,
    )
    assert [sound for _, sound in onsets(heard)] == ["bd", "hh", "bd", "hh", "bd", "mt"]


def test_a_block_that_fails_counts_as_never_played() -> None:
    heard = played(
        "tempo(90); d1 >> s('bd')",
        "# bar 2",
        "tempo(140); d1 >> s('hh'); d2 >> s('cp'); d1.gain(0.2); quantum(4)",
        "d3 >> s('nosuch')",
        "# bar 3",
        "d1 >> s('sd')",
        bars=3,
    )
    assert [sound for _, sound in onsets(heard)] == ["bd", "bd", "sd"]
    assert onsets(heard, "d2") == []
    assert [bpm for _, bpm in heard.tempi] == [90]
    assert len(heard.problems) == 1
    assert "nosuch" in heard.problems[0]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("d1 >> s('bd", "line 1"),
        ("d1 >> s('plukc')", "did you mean 'pluck'"),
        ("d1 >> s('bd [sn')", "^"),
        ("d1 >> n('0 1').scale('c:dorain')", "dorian"),
        ("key('a:minro')", "minor"),
        ("tempo(0)", "tempo(120)"),
        ("tempo('fast')", "tempo(120)"),
        ("d1.gain(7)", "d1.gain(0.8)"),
        ("d1 >> 5.5j", "is no pattern"),
        ("d1 >> d2", "track"),
        ("d1.undo()", "d1 >>"),
        ("d1.thaw()", "freeze"),
        ("d1.again()", "melody_rnn"),
        ("meter(0)", "meter(3, 4)"),
        ("meter('3/0')", "got '3/0'"),
        ("meter('waltz')", "got 'waltz'"),
        ("quantum(0)", "quantum(4)"),
        ("track('')", 'track("strings")'),
        ("melody_rnn(temperature=99)", "temperature"),
        ("d1 >> note('c4').midi('', 1)", ".midi("),
        ("d1 >> note('c4').midi('x', 17)", "1 to 16"),
        ("d1 >> note(300)", "0 to 127"),
    ],
)
def test_what_is_wrong_is_said_and_the_music_goes_on(typed: str, says: str) -> None:
    heard = played("d8 >> s('bd')", "# bar 2", typed, bars=3)
    assert len(heard.problems) == 1
    assert says in heard.problems[0]
    assert [at for at, _ in onsets(heard, "d8")] == [0, 1, 2]


def test_a_pattern_that_raises_while_playing_gives_its_last_good_version_back() -> None:
    heard = played(
        "d1 >> s('bd*2')",
        "# bar 2",
        "calls = []",
        "def late(p):",
        "    calls.append(1)",
        "    if len(calls) > 40: raise ValueError('oh')",
        "    return p",
        "d1 >> s('hh*2').with_value(lambda v: late(v))",
        bars=40,
    )
    sounds = [sound for _, sound in onsets(heard)]
    assert sounds[:3] == ["bd", "bd", "hh"]
    assert sounds[-1] == "bd"
    assert len(sounds) == 80
    assert len(heard.problems) == 1
    assert "d1: ValueError: oh" in heard.problems[0]


@pytest.mark.parametrize("typed", ["meter(3, 4)", "meter('3/4')"])
def test_a_meter_changes_the_length_of_a_bar(typed: str) -> None:
    heard = played("d1 >> s('bd')", "# bar 3", typed, bars=5)
    assert [event.beat for event in heard.tracks["d1"]] == [0, 4, 8, 11, 14]
    assert heard.beats == 17


def test_tempo_bends_seconds_and_leaves_beats() -> None:
    heard = played("tempo(120); d1 >> s('bd')", "# bar 2", "tempo(60)", bars=3)
    assert [event.beat for event in heard.tracks["d1"]] == [0, 4, 8]
    assert [heard.seconds(Rational(beat)) for beat in (0, 4, 8, 10)] == [0, 2, 6, 8]


def test_mixer_moves_are_kept_with_their_beat() -> None:
    heard = played("d1 >> s('bd')", "# bar 2.5", "d1.lpf(500).pan(0.2)", bars=2)
    assert [(float(beat), mix.track, dict(mix.settings)) for beat, mix in heard.mixes] == [
        (6.0, "d1", {"lpf": 500.0}),
        (6.0, "d1", {"pan": 0.2}),
    ]


def test_a_track_of_ones_own_name() -> None:
    heard = played('track("strings") >> note("c4").s("pad")', bars=1)
    assert onsets(heard, "strings") == [(0, "pad")]
