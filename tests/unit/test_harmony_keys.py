"""The key of what is played: pieces whose key is in their title or their last bar.

All of the music here is out of copyright: written before 1900, or nobody's. Rhythms are the
pieces' own, in mini-notation, a bar a step.
"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livecoder.core.errors import LivecoderError, RangeError
from livecoder.core.rational import ZERO
from livecoder.patterns import chord, find_key, mini, note, progression, roman, s, stack
from livecoder.session.looking import Look
from livecoder.session.tracks import Track
from livecoder.theory.keyfinding import rank_keys

PIECES = {
    "Bach, Prelude BWV 846": ("c:major", """[
        [[c4 e4 g4 c5 e5 g4 c5 e5]!2] [[c4 d4 a4 d5 f5 a4 d5 f5]!2]
        [[b3 d4 g4 d5 f5 g4 d5 f5]!2] [[c4 e4 g4 c5 e5 g4 c5 e5]!2]]"""),
    "Bach, Cello Suite BWV 1007": ("g:major", """[
        [[g2 d3 b3 a3 b3 d3 b3 d3]!2] [[g2 e3 c4 b3 c4 e3 c4 e3]!2]
        [[g2 f#3 c4 b3 c4 f#3 c4 f#3]!2] [[g2 g3 b3 a3 b3 g3 b3 g3]!2]]"""),
    "Bach, Invention BWV 772": ("c:major", """[
        [[~ c4 d4 e4 f4 d4 e4 c4 g4@2 c5@2 b4@2 c5@2], [~@9 c3 d3 e3 f3 d3 e3 c3]]
        [[d5 g4 a4 b4 c5 a4 b4 g4 d5@2 g5@2 f5@2 g5@2], [g3@2 g2@2 ~@5 g3 a3 b3 c4 a3 b3 g3]]
        [[e5 a5 g5 f5 e5 g5 f5 a5 g5 f5 e5 d5 c5 e5 d5 f5],
         [c4@2 b3@2 c4@2 d4@2 e4@2 g3@2 a3@2 b3@2]]]"""),
    "Bach, Art of Fugue": ("d:minor", """[
        [d4@4 a4@4] [f4@4 d4@4] [c#4@4 d4@2 e4@2] [f4@5 g4 f4 e4] [d4@8]]"""),
    "Petzold, Minuet": ("g:major", """[
        [d5@2 g4 a4 b4 c5] [d5@2 g4@2 g4@2] [e5@2 c5 d5 e5 f#5] [g5@2 g4@2 g4@2]
        [c5@2 d5 c5 b4 a4] [b4@2 c5 b4 a4 g4] [f#4@2 g4 a4 b4 g4] [a4@6]]"""),
    "Mozart, Eine kleine Nachtmusik": ("g:major", """[
        [g4@2 ~ d4 g4@2 ~ d4] [g4 d4 g4 b4 d5@2 ~@2]
        [c5@2 ~ a4 c5@2 ~ a4] [c5 a4 f#4 a4 d4@2 ~@2]]"""),
    "Beethoven, Ode to Joy": ("d:major", """[
        [f#4 f#4 g4 a4] [a4 g4 f#4 e4] [d4 d4 e4 f#4] [f#4@3 e4 e4@4]
        [f#4 f#4 g4 a4] [a4 g4 f#4 e4] [d4 d4 e4 f#4] [e4@3 d4 d4@4]]"""),
    "Beethoven, Für Elise": ("a:minor", """[
        [e5 d#5 e5 d#5 e5 b4] [d5 c5 a4@2 ~ c4] [e4 a4 b4@2 ~ e4]
        [g#4 b4 c5@2 ~ e4] [e5 d#5 e5 d#5 e5 b4] [d5 c5 a4@2 ~ c4]
        [e4 a4 b4@2 ~ e4] [c5 b4 a4@4]]"""),
    "God Rest Ye Merry": ("e:minor", """[
        [~@3 e4] [e4 b4 b4 a4] [g4 f#4 e4 d4] [e4 f#4 g4 a4] [b4@3 e4] [e4 b4 b4 a4]
        [g4 f#4 e4 d4] [e4 f#4 g4 a4] [b4@3 b4] [c5 a4 b4 c5] [d5 e5 b4 a4] [g4 e4 f#4 g4]
        [a4@2 g4 a4] [b4@2 c5 b4] [b4 a4 g4 f#4] [e4@2 g4 f#4] [e4@4]]"""),
    "Pachelbel, Canon": ("d:major", """[
        [[d3 a2 b2 f#2 g2 d2 g2 a2], [f#5 e5 d5 c#5 b4 a4 b4 c#5]]
        [[d3 a2 b2 f#2 g2 d2 g2 a2], [d5 c#5 b4 a4 g4 f#4 g4 e4]]]"""),
    "Gruber, Silent Night": ("bb:major", """[
        [f4@3 g4 f4@2 d4@6] [f4@3 g4 f4@2 d4@6] [c5@4 c5@2 a4@6] [bb4@4 bb4@2 f4@6]
        [g4@4 g4@2 bb4@3 a4 g4@2] [f4@3 g4 f4@2 d4@6] [g4@4 g4@2 bb4@3 a4 g4@2]
        [f4@3 g4 f4@2 d4@6] [c5@4 c5@2 eb5@3 c5 a4@2] [bb4@6 d5@6]
        [bb4@2 f4@2 d4@2 f4@3 eb4 c4@2] [bb3@12]]"""),
    "Twinkle, Twinkle": ("c:major", """[
        [c4 c4 g4 g4] [a4 a4 g4@2] [f4 f4 e4 e4] [d4 d4 c4@2]]"""),
    "Frère Jacques": ("f:major", "[[f4 g4 a4 f4]!2 [a4 bb4 c5@2]!2 [[c5 d5 c5 bb4] a4 f4]!2]"),
    "Amazing Grace": ("g:major", """[
        [~@4 d4@2] [g4@4 b4 g4] [b4@4 a4@2] [g4@4 e4@2] [d4@4 d4@2] [g4@4 b4 g4]
        [b4@4 a4@2] [d5@6]]"""),
    "Auld Lang Syne": ("f:major", """[
        [~@3 c4] [f4@3 f4 f4@2 a4@2] [g4@3 f4 g4@2 a4@2] [f4@3 f4 a4@2 c5@2] [d5@8]
        [d5@2 c5@3 a4 a4@2 f4@2] [g4@3 f4 g4@2 a4@2] [f4@3 d4 d4@2 c4@2] [f4@8]]"""),
    "God Save the King": ("g:major", """[
        [g4 g4 a4] [f#4@3 g4 a4@2] [b4 b4 c5] [b4@3 a4 g4@2] [a4 g4 f#4] [g4]]"""),
    "Greensleeves": ("a:minor", """[
        [a4@4 c5@2] [d5@3 e5@2 f5] [e5@4 d5@2] [b4@3 g4@2 a4] [b4@4 c5@2] [a4@3 a4@2 g#4]
        [a4@4 b4@2] [g#4@4 e4@2] [a4@4 c5@2] [d5@3 e5@2 f5] [e5@4 d5@2] [b4@3 g4@2 a4]
        [b4@3 c5@2 b4] [a4@3 g#4@2 f#4] [g#4 a4@5] [a4]]"""),
    "Korobeiniki": ("a:minor", """[
        [e5@2 b4 c5 d5@2 c5 b4] [a4@2 a4 c5 e5@2 d5 c5] [b4@3 c5 d5@2 e5@2]
        [c5@2 a4@2 a4@4]]"""),
    "Scarborough Fair": ("d:minor", """[
        [d4@2 d4] [a4@2 a4] [e4@3 f4 e4@2] [d4@3] [~ a4 c5] [d5@2 c5] [a4 b4 g4] [a4@3]
        [~@2 d5] [d5@2 d5] [c5@2 a4] [a4 g4 f4] [e4@2 c4] [d4@2 a4] [g4@2 f4] [e4 d4 c4]
        [d4@3]]"""),
}  # fmt: skip

# Four bars over a tonic that is also the fifth of the second and third: the profiles say F minor.
BWV_847 = """[
        [[c5 eb4 d4 eb4 c4 eb4 d4 eb4]!2, [c3 g3 f3 g3 eb3 g3 f3 g3]!2]
        [[ab4 f4 e4 f4 c4 f4 e4 f4]!2, [c3 ab3 g3 ab3 f3 ab3 g3 ab3]!2]
        [[b4 f4 eb4 f4 d4 f4 eb4 f4]!2, [c3 ab3 g3 ab3 f3 ab3 g3 ab3]!2]
        [[c5 g4 f4 g4 eb4 g4 f4 g4]!2, [c3 g3 f3 g3 eb3 g3 f3 g3]!2]]"""


@pytest.mark.parametrize(("key", "music"), PIECES.values(), ids=list(PIECES))
def test_the_key_of_a_piece(key, music):
    found = find_key(note(music), cycles=1)

    assert found.key == key, found.ranking[:3]


def test_an_opening_that_leans_elsewhere_has_its_key_second():
    assert [one.key for one in find_key(note(BWV_847), cycles=1).ranking[:2]] == [
        "f:minor",
        "c:minor",
    ]


def test_there_are_enough_pieces():
    assert len(PIECES) >= 12
    assert sum(key.endswith("minor") for key, _ in PIECES.values()) >= 5


@pytest.mark.parametrize("semitones", range(-5, 7))
def test_a_piece_moved_is_in_the_key_moved(semitones):
    _, music = PIECES["Korobeiniki"]
    tonic = (9 + semitones) % 12

    found = find_key(note(music).transpose(semitones), cycles=1)

    names = ("c", "c#", "d", "eb", "e", "f", "f#", "g", "g#", "a", "bb", "b")
    assert found.key == f"{names[tonic]}:minor"
    assert found.correlation == pytest.approx(find_key(note(music), cycles=1).correlation)


@given(st.lists(st.integers(1, 1000), min_size=12, max_size=12).filter(lambda d: len(set(d)) > 1))
def test_correlations_are_correlations_and_all_keys_are_ranked(durations):
    found = rank_keys(durations)

    assert len({one.key for one in found.ranking}) == 24
    assert all(-1.0000001 <= one.correlation <= 1.0000001 for one in found.ranking)
    correlations = [one.correlation for one in found.ranking]
    assert correlations == sorted(correlations, reverse=True)
    assert (found.key, found.correlation) == found.ranking[0]


class Playing:
    """A stage with one track."""

    def __init__(self, pattern):
        self.pattern = pattern

    def look(self, name):
        return Look(name, self.pattern, None, ZERO, ZERO, 4.0)


def test_a_track_tells_the_key_of_what_it_plays():
    assert Track(Playing(note("a c4 e4 a4 d4 e4")), "d1").find_key(1).key == "a:minor"
    with pytest.raises(RangeError):
        Track(Playing(None), "d1").find_key()


def test_longer_notes_weigh_more():
    assert find_key("[c4 e4 g4]@9 [f#4 a#4 c#5]", 1).key == "c:major"
    assert find_key("[c4 e4 g4] [f#4 a#4 c#5]@9", 1).key == "f#:major"


def test_chords_count_by_their_notes_and_drums_not_at_all():
    assert find_key(progression("pop", "eb")).key == "eb:major"
    assert find_key(roman("<i iv V7 i>", "f#:minor"), 4).key == "f#:minor"
    music = chord("<F Bb C7 F>").voicing()
    assert find_key(stack(music, s("bd*4 hh*8")), 4) == find_key(music, 4)
    assert find_key(stack(chord("<F Bb C7 F>"), chord("N.C.")), 4).key == "f:major"


@pytest.mark.parametrize("silent", ["~", s("bd sn"), note("0 .. 11"), mini("bd")])
def test_what_is_in_no_key_is_said(silent):
    with pytest.raises(RangeError, match="the music must be"):
        find_key(silent)


def test_what_is_offered_works():
    with pytest.raises(RangeError) as caught:
        find_key(s("bd"))
    offered = re.search(r"try (find_key\(.*\))$", str(caught.value))
    assert offered
    assert eval(offered[1], {"find_key": find_key, "note": note}).key == "c:major"


@pytest.mark.parametrize("cycles", [0, -1, 10_000])
def test_the_listening_ends(cycles):
    with pytest.raises(LivecoderError, match="try cycles=8"):
        find_key("c e g", cycles)


@pytest.mark.parametrize("durations", [[1] * 11, [0] * 12, [-1] + [1] * 11, [float("nan")] * 12])
def test_durations_are_checked(durations):
    with pytest.raises(RangeError):
        rank_keys(durations)
