"""What a performer types to have networks, and what it becomes: requests, or one message."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from livecoder.core.errors import NotReadyError, PatternError, RangeError
from livecoder.core.rational import Rational
from livecoder.models.ahead import Composer
from livecoder.models.registry import MODELS, read_choice, spelled
from livecoder.patterns.pattern import Pattern
from livecoder.patterns.vocabulary import chord, sine
from livecoder.session.network_words import network_words
from livecoder.session.offline import perform
from livecoder.session.script import parse
from livecoder.studio.handles import HANDLES
from livecoder.studio.ledger import Ledger
from livecoder.studio.requests import request_of
from livecoder.studio.settings import Settings
from livecoder.theory.scales import parse_key
from tests.fakes.workers import ThreadWorkers

BEATS = Rational(4)


def request(bar: int = 0, beats: Rational = BEATS, **given):
    return request_of(Settings(**given), bar=bar, seed=1, beats=beats)


def problems(*lines: str, bars: int = 2) -> list[str]:
    composer = Composer(loaders=dict.fromkeys(MODELS, "tests.fakes.walk:load"),
                        launch=ThreadWorkers())  # fmt: skip
    try:
        return list(perform(parse("\n".join(lines), "x.py"), bars=bars, composer=composer).problems)
    finally:
        composer.close()


# Settings of a bar


def test_a_temperature_that_is_a_pattern_is_read_at_every_sixteenth() -> None:
    made = request(1, temperature=sine.range(0.5, 1.5).slow(4))
    assert len(made.temperatures) == 16
    assert made.temperatures[0] == pytest.approx(1.5)
    assert made.temperatures[8] == pytest.approx(1.0 + 0.5 * 0.70711, abs=1e-4)
    assert made.temperature == pytest.approx(sum(made.temperatures) / 16)
    assert len(request(0, Rational(7, 2), temperature=sine).temperatures) == 14
    assert request(0).temperatures is None


def test_only_the_bar_that_an_answer_begins_in_is_told_where() -> None:
    bars = [request(bar, entry=Rational(25, 8)).entry for bar in range(5)]
    assert bars == [None, None, None, Rational(1, 2), None]
    assert request(3, Rational(3), entry=Rational(3)).entry == 0


def test_a_pattern_of_temperatures_depends_on_the_cycle_alone_and_is_in_the_key() -> None:
    def keys(pattern):
        ledger = Ledger("w", "walk", 1, Settings(temperature=pattern))
        return [ledger.ask(bar, Rational(bar), BEATS).task.key for bar in range(3)]

    assert keys(sine.range(0.5, 1.5).slow(4)) == keys(sine.range(0.5, 1.5).slow(4))
    assert keys(sine.range(0.5, 1.5).slow(4))[0] != keys(sine.range(0.5, 1.4).slow(4))[0]


@pytest.mark.parametrize(
    "changed",
    [
        {"top_k": 5}, {"top_p": 0.9}, {"density": 2.0}, {"polyphony": 2}, {"strong": True},
        {"chords": chord("Am7")}, {"pitches": (1.0,) * 12}, {"lowest": 50}, {"highest": 80},
        {"key": parse_key("a:minor")}, {"ending": 1, "key": parse_key("c:major")}, {"seed": 2},
    ],
)  # fmt: skip
def test_every_setting_is_in_the_key_of_a_bar(changed) -> None:
    def key(**given):
        settings = Settings(**given)
        return Ledger("w", "walk", 1, settings).ask(0, Rational(0), BEATS).task.key

    assert key(**changed) != key()


def test_chords_of_a_bar_and_the_first_of_the_next() -> None:
    def told(bar, pattern, beats=BEATS):
        return [(float(at), symbol) for at, symbol in request(bar, beats, chords=pattern).chords]

    assert told(0, chord("Am7 D7")) == [(0, "Am7"), (2, "D7"), (4, "Am7")]
    assert told(0, chord("<Am7 D7>")) == [(0, "Am7"), (4, "D7")]
    assert told(0, chord("<[~ D7] G>"), Rational(3)) == [(0, "N.C."), (1.5, "D7"), (3, "G")]
    assert told(1, chord("C").slow(4)) == [(0, "C"), (4, "C")]
    assert request().chords == ()


def test_it_ends_on_the_tonic_every_so_many_bars() -> None:
    key = parse_key("d:dorian")
    ends = [request(bar, ending=4, key=key).tonic for bar in range(8)]
    assert ends == [None, None, None, 2, None, None, None, 2]


def test_a_temperature_that_follows_what_is_not_known_yet_is_refused() -> None:
    def early(_span):
        raise NotReadyError

    with pytest.raises(PatternError, match="composed ahead"):
        request(temperature=Pattern(early))


def test_a_pattern_that_fails_later_fails_then_and_not_before() -> None:
    def ask(span):
        if span.begin >= 2:
            message = "oh"
            raise ValueError(message)
        return sine.range(0.5, 1).ask(span)

    ledger = Ledger("w", "walk", 1, Settings(temperature=Pattern(ask)))
    entry = ledger.ask(0, Rational(0), BEATS)
    assert [task.request.bar for task in ledger.foresee(entry, 3, BEATS)] == [1]
    with pytest.raises(ValueError, match="oh"):
        ledger.ask(2, Rational(2), BEATS)


# Words


def test_every_model_has_a_word_that_says_what_it_heeds() -> None:
    opened = []

    class Opens:
        def open(self, model, **given):
            opened.append((model, given))

    words = network_words(Opens())  # type: ignore[arg-type]
    assert words.keys() == MODELS.keys()
    for name, word in words.items():
        taken = inspect.signature(word).parameters
        assert set(taken) >= MODELS[name].settings
        assert set(taken) <= MODELS[name].settings | {"config", "checkpoint"}
        text = inspect.getdoc(word)
        assert all(f"{setting}: " in text for setting in taken)
        assert name in word.example
        word(1.2, seed=4)
    assert opened == [(name, {"temperature": 1.2, "seed": 4}) for name in MODELS]


def test_how_a_model_is_spelled() -> None:
    assert spelled("melody_rnn", "attention") == "melody_rnn"
    assert spelled("melody_rnn", "attention_rnn") == "melody_rnn"
    assert read_choice(spelled("melody_rnn", "mono", "a:b.mag")).options == {
        "config": "mono_rnn",
        "checkpoint": "a:b.mag",
    }
    assert read_choice("drums_rnn").options == {}
    assert read_choice("melody_rnn::x").slow
    assert not read_choice("melody_rnn").slow


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("melody_rnn(temperature=0)", "from 0.1 to 4"),
        ("melody_rnn(temperature=-1)", "temperature=1.1"),
        ("melody_rnn(temperature=sine)", "at every moment"),
        ("melody_rnn(temperature='a b')", "temperature"),
        ("melody_rnn(temperature=sine.range(.5, 9))", "from 0.1 to 4"),
        ("melody_rnn(temprature=1)", "did you mean 'temperature'"),
        ("melody_rnn(1.0, 3)", "takes names"),
        ("melody_rnn(pitches='c')", "heeds no pitches"),
        ("drums_rnn(key='a:minor')", "heeds no key"),
        ("melody_rnn(top_k=0)", "top_k=8"),
        ("melody_rnn(top_k=2.5)", "whole number"),
        ("melody_rnn(top_p=0)", "top_p=0.9"),
        ("melody_rnn(density=-1)", "density=4"),
        ("polyphony_rnn(polyphony=0)", "polyphony=4"),
        ("melody_rnn(strong=True)", "chords="),
        ("melody_rnn(strong=1, chords='C')", "True or False"),
        ("melody_rnn(ending=8)", 'key("a:minor")'),
        ("improv_rnn(chords='Am7 Hx')", "Hx"),
        ("improv_rnn(chords='Cfoo')", "foo"),
        ("improv_rnn(chords=s('bd'))", "is no chord"),
        ("performance_rnn(pitches=[1, 2])", "twelve"),
        ("performance_rnn(pitches=[0] * 12)", "twelve"),
        ("performance_rnn(pitches='c:majr')", "major"),
        ("performance_rnn(pitches='')", "a key or notes"),
        ("melody_rnn(prime='~')", "no notes to go on from"),
        ("drums_rnn(prime='~')", "no drums to go on from"),
        ("melody_rnn(prime=note(200))", "from 0 to 127"),
        ("melody_rnn(prime=d2)", "plays nothing"),
        ("melody_rnn(prime='nosuch.mid')", "nosuch.mid cannot be read"),
        ("melody_rnn(config='attenton')", "did you mean 'attention'"),
        ("melody_rnn(config='mono')", "checkpoint="),
        ("melody_rnn(checkpoint='nosuch.mag')", "no checkpoint at 'nosuch.mag'"),
        ("melody_rnn(checkpoint=3)", "no checkpoint at 3"),
        ("melody_rnn(lowest=60, highest=65)", "an octave"),
        ("generate(drums)", "drums"),
        ("generate(4)", "is no network"),
        ("generate(melody_rnn, bars=0)", "from 1 to 64"),
        ("generate(melody_rnn, variations='8')", "from 1 to 64"),
        ("generate(melody_rnn, temperature=0)", "from 0.1 to 4"),
    ],
)
def test_what_makes_no_sense_is_one_message_with_the_fix(typed: str, says: str) -> None:
    (problem,) = problems(typed)
    assert says in problem
    assert "\n" not in problem or "^" in problem


def test_handles_of_a_track_act_on_the_networks_that_heed_them() -> None:
    assert problems(
        "key('a:minor'); d1 >> melody_rnn(); d2 >> drums_rnn()",
        "d1.temperature(sine.range(.5, 1)).density(3).chords('<Am F>').tune(top_k=4, strong=True)",
        "d1.tune(top_k=None, chords=None, strong=False)",
        "d2.density(2).temperature(.7)",
        "key('d:dorian')",
        "d3 >> note('c4 e4'); d4 >> music_transformer(melody=d3)",
        "d4.tune(melody=note('<c4 g4>'))",
        "d4.tune(melody=None)",
    ) == []  # fmt: skip
    (problem,) = problems("d2 >> drums_rnn()", "d2.key('a:minor')")
    assert "heeds no key" in problem
    (problem,) = problems("m = melody_rnn()", "d2 >> music_transformer(melody=m)")
    assert "melody=d1" in problem
    (problem,) = problems("d2 >> music_transformer(melody=d1)")
    assert "d1 plays nothing" in problem
    (problem,) = problems("d2 >> melody_rnn(melody='c4')")
    assert "melody is for performance_rnn, music_transformer" in problem


def test_every_handle_shows_how_it_is_typed() -> None:
    for handle in HANDLES.values():
        assert handle.example.startswith(f"{handle.name}=")


def test_settings_tell_themselves_as_they_are_typed() -> None:
    settings = Settings(temperature=sine, top_p=0.5, density=2.0, strong=True, lowest=50)
    assert settings.describe() == "temperature=sine, lowest=50, top_p=0.5, density=2, strong=True"
    with pytest.raises(RangeError):
        Settings(temperature=11.0)


def test_the_page_about_networks_runs_as_it_stands_and_names_every_setting() -> None:
    page = (Path(__file__).parents[2] / "docs" / "models.md").read_text()
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(blocks) >= 4
    lines = []
    for bar, block in enumerate(blocks, start=1):
        lines += [f"# bar {2 * bar}", block]
    assert problems(*lines, bars=2 * len(blocks) + 2) == []
    assert all(f"`{name}`" in page for name in HANDLES)
    assert all(f"`{name}`" in page for name in MODELS)


def test_every_example_plays() -> None:
    composer = Composer(loaders=dict.fromkeys(MODELS, "tests.fakes.walk:load"),
                        launch=ThreadWorkers())  # fmt: skip
    try:
        script = parse("\n".join(spec.example for spec in MODELS.values()), "x.py")
        performed = perform(script, bars=1, composer=composer)
    finally:
        composer.close()
    assert not performed.problems
    # Two of them are on one track.
    assert len(performed.tracks) >= len(MODELS) - 1
