"""What differs from Strudel on purpose: each line of the table in the guide is as it says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from livecoder.core.errors import RangeError
from livecoder.core.rational import Rational
from livecoder.patterns.vocabulary import WORDS, mini, n, note, rand_of, s

GUIDE = (Path(__file__).parents[2] / "docs" / "patterns.md").read_text()


def values(pattern) -> list[object]:
    return [hap.value for hap in sorted(pattern.query(0, 1), key=lambda hap: hap.part.begin)]


def onsets(pattern) -> list[Rational]:
    return [hap.whole.begin for hap in pattern.query(0, 1) if hap.has_onset]


def underscores() -> None:
    assert {"range_", "round_", "iter_"} <= WORDS.keys()
    assert not {"range", "round", "iter"} & WORDS.keys()
    assert values(mini("0 1").range(2, 4)) == [2, 4]


def swing() -> None:
    assert onsets(s("hh*8").swing(0.08))[1] > Rational(1, 8)
    assert onsets(s("hh*8").swing(0.08)) == onsets(s("hh*8").swing_by(0.08, 4))


def speeds() -> None:
    for factor in (-1, 10**6):
        with pytest.raises(RangeError, match=r"try \.fast\(2\)"):
            s("bd").fast(factor)


def pitch() -> None:
    assert values(note("c e").add(7)) == [{"note": 55}, {"note": 59}]


def nothing_left_out() -> None:
    assert len(values(s("bd*4").degrade_by(0))) == 4


def zoomed() -> None:
    for hap in s("bd sn").zoom(0.25, 1.25).query(0, 2):
        assert hap.whole.begin <= hap.part.begin < hap.part.end <= hap.whole.end


def notation() -> None:
    assert values(mini("0..7")) == list(range(8))
    assert values(mini("'a b' c")) == ["a b", "c"]


def euclid() -> None:
    with pytest.raises(RangeError, match="pulses come first"):
        s("bd").euclid(8, 3)


def scale() -> None:
    assert values(n("0 2").scale("c:minor")) == [{"note": 48}, {"note": 51}]
    assert values(mini("0 2").scale("c:minor")) == ["C3", "Eb3"]


def seeds() -> None:
    assert values(rand_of(1).segment(4)) != values(rand_of(2).segment(4))
    assert values(rand_of(1).segment(4)) == values(rand_of(1).segment(4))


def falsehood() -> None:
    assert onsets(s("bd").struct("t f t")) == [0, Rational(2, 3)]
    assert onsets(s("bd*2").mask("true false")) == [0]


CLAIMS: dict[str, Callable[[], None]] = {
    "`range_`, `round_`, `iter_`": underscores,
    "`.swing(.08)`": swing,
    "`fast(-1)`": speeds,
    '`note("c e").add(7)`': pitch,
    "`degrade_by(0)`": nothing_left_out,
    "`zoom`": zoomed,
    "`0..7` is a range, `'a b'` one name": notation,
    "`euclid(8, 3)`": euclid,
    "`.scale()`": scale,
    "`rand_of(seed)`": seeds,
    "`f` and `false` are false": falsehood,
}


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_difference_is_in_the_table_and_is_as_it_says(claim: str) -> None:
    assert f"\n| {claim}" in GUIDE
    CLAIMS[claim]()
