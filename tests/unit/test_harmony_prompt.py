"""Help and completion for chords, progressions and voicings."""

import pytest

from livecoder.core.errors import UnknownNameError
from livecoder.patterns import vocabulary
from livecoder.repl.candidates import candidates
from livecoder.repl.names import add_names
from tests.fakes.prompt_host import TableHost


@pytest.fixture
def host():
    return TableHost(**{name: getattr(vocabulary, name) for name in vocabulary.__all__})


@pytest.fixture
def told(host):
    shown: list[str] = []
    add_names(host, lambda pieces: shown.append("".join(text for _, text in pieces)))

    def ask(thing):
        host.namespace["help"](thing)
        return shown.pop()

    return ask


@pytest.mark.parametrize(
    ("thing", "parts"),
    [
        ("Am7b5", ["A  C  Eb  G", 'chord("Am7b5").voicing()']),
        ("Bb13", ["Bb  D  F  Ab  G  C"]),
        ("F#o7", ["F#  A  C  Eb"]),
        ("D/F#", ["D  F#  A"]),
        ("jazz blues", ["12 bars", "#ivo7", 'progression("jazz blues", "c")']),
        ("chords", ["C^7", "C-7b5", "C7alt"]),
        ("progressions", ["12-bar blues", "andalusian"]),
        ("voicings", ["lefthand", "guidetones"]),
        ("bebop major", ["semitones from the tonic: 0  2  4  5  7  8  9  11"]),
        ("voicing", ["voicing", 'chord("<C^7 A7 D-7 G7>").voicing()']),
        ("roman", ["roman(", "V7/ii"]),
    ],
)
def test_what_is_told(thing, parts, told):
    text = told(thing)
    for part in parts:
        assert part in text


def test_what_is_offered_in_help_works(told):
    for thing in ("Am7b5", "jazz blues"):
        typed = told(thing).rpartition("try d1 >> ")[2]
        pattern = eval(typed, dict(vocabulary.WORDS))

        assert pattern.query(0, 1)


def test_what_is_no_chord_is_no_name(told):
    with pytest.raises(UnknownNameError):
        told("Hm7")


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        ('chord("Am7', "Am7b5", "Am7"),
        ('chord("<C^7 F#h', "F#h7", "F#o7"),
        ('chord("', None, "C"),
        ('progression("ja', "jazz blues", "pop"),
        ('progression("pop", "a:mi', "minor", "lydian"),
        ('roman("ii V", key="eb:mi', "minor", "major"),
        ('chord("C").dict("le', "lefthand", "triads"),
        ('chord("C").mode("a', "above", "below"),
        ('help("prog', "progressions", "scales"),
        ('n("0").scale("c:minor:p', "minor:pentatonic", "major"),
    ],
)
def test_what_is_offered(text, wanted, unwanted, host):
    offered = [candidate.text for candidate in candidates(text, host)]

    assert wanted is None or wanted in offered
    assert unwanted not in offered
