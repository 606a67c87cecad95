"""A performer's own word: a method of every pattern, with completion and help at the prompt."""

from __future__ import annotations

from functools import partial

import pytest

from livecoder.core.errors import PatternError
from livecoder.patterns import fast, mini, n, register, rev, s, stack, vocabulary
from livecoder.patterns.pattern import Pattern
from livecoder.repl.candidates import candidates
from livecoder.repl.names import add_names
from livecoder.session.explain import signature_of
from livecoder.session.tracks import Track
from tests.fakes.prompt_host import TableHost


@pytest.fixture
def own():
    """The prompt's names, and a word that the performer made in it."""

    @register
    def tremble(pattern, times=2, *, depth=1):
        """Plays so many times, each `depth` times as loud."""
        return pattern.ply(times).gain(depth)

    words = {name: getattr(vocabulary, name) for name in vocabulary.__all__}
    yield TableHost(**words, d1=Track(None, "d1"), tremble=tremble)
    for name in ("tremble", "own_turn", "ownTurn", "louder", "thrice", "halves", "beside"):
        if name in vars(Pattern):
            delattr(Pattern, name)
            vocabulary.VERBS.pop(name, None)


def heard(pattern, key, end=1):
    return [hap.value[key] for hap in sorted(pattern.query(0, end), key=lambda hap: hap.part)]


def test_it_is_completed_where_a_pattern_is_typed(own):
    for text in ('s("bd").trem', 'd1 >> n("0 1").fast(2).trem', "trem"):
        assert "tremble" in [each.text for each in candidates(text, own)], text
    meta = {each.text: each.meta for each in candidates('s("bd").trembl', own)}
    assert meta["tremble"].startswith("Plays so many times")


def test_its_settings_are_completed(own):
    assert "depth=" in [each.text for each in candidates('s("bd").tremble(3, de', own)]


def test_help_tells_what_it_does_and_what_to_type(own):
    shown: list[str] = []
    add_names(own, lambda pieces: shown.append("".join(text for _, text in pieces)))

    for thing in ("tremble", Pattern.tremble, own.namespace["tremble"]):
        own.namespace["help"](thing)

        assert "tremble(times=2, *, depth=1)" in shown[-1]
        assert "Plays so many times" in shown[-1]
        assert 's("bd sn").tremble()' in shown[-1]
    assert signature_of(Pattern.tremble) == "(times=2, *, depth=1)"


@pytest.mark.usefixtures("own")
def test_text_is_notation_and_the_function_gets_its_values():
    @register
    def louder(pattern, by):
        return pattern.gain(by * 2)

    assert heard(s("bd*4").louder("<1 2> 3"), "gain", 2) == [2, 2, 6, 6, 4, 4, 6, 6]
    assert heard(s("bd").louder(4), "gain") == [8]


@pytest.mark.usefixtures("own")
def test_a_pattern_is_handed_on_as_it_is():
    @register
    def beside(pattern, other):
        return stack(pattern, other)

    assert len(n("0 1").beside(n("7*3")).query(0, 1)) == 5


@pytest.mark.usefixtures("own")
def test_any_callable_will_do_and_both_orders_and_spellings():
    class Halves:
        def __call__(self, pattern):
            return pattern.slow(2)

    register(Halves(), "halves")
    register("thrice", partial(lambda times, pat: pat.fast(times), 3))
    register(rev, "own_turn")

    assert [str(hap.whole.end) for hap in mini("a").halves().query(0, 1)] == ["2"]
    assert len(mini("a b").thrice().query(0, 1)) == 6
    assert [hap.value for hap in sorted(mini("a b").ownTurn().query(0, 1))] == ["b", "a"]


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize(
    ("call", "parts"),
    [
        (lambda: register(3), ["register takes a function", "double"]),
        (lambda: register(fast), ["patterns have a .fast already"]),
        (lambda: register(lambda: 3, "none"), ["register takes a function"]),
        (lambda: register(Pattern, "many"), ["register takes a function"]),
        (lambda: register(lambda p: p), ["a name that Python can say", "<lambda>"]),
        (lambda: register(lambda p: p, "two words"), ["a name that Python can say"]),
        (lambda: register(lambda p: p, "rev"), ["patterns have a .rev already"]),
        (lambda: s("bd").tremble(1, 2), ["tremble takes (times=2", "got 2", ".tremble()"]),
        (lambda: s("bd").tremble(loud=1), ["tremble takes", "loud"]),
    ],
)
def test_what_cannot_be_is_said_in_words(call, parts):
    with pytest.raises(PatternError) as caught:
        call()

    for part in parts:
        assert part in str(caught.value)
