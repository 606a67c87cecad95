"""What comes in: no message raises, controllers are what they say, what is captured is what was."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from livecoder.core.rational import Rational
from livecoder.inputs.quantising import last_bars, placed
from livecoder.inputs.reading import Moved, Pressed, Reader
from livecoder.inputs.strokes import FINEST, Hand, Stroke
from livecoder.inputs.telling import moves_of, strokes_of, tell_move, tell_stroke
from livecoder.inputs.traces import Trace
from livecoder.outputs.midi.framing import Framer
from livecoder.outputs.midi.messages import bend_to, parameter, settings_of
from livecoder.session.capturing import loop_of

SEVEN = st.integers(0, 127)
CHANNEL = st.integers(0, 15)


@given(st.lists(st.binary(max_size=12), max_size=30))
def test_whatever_comes_is_read_or_passed_over(packets: list[bytes]) -> None:
    reader, framer = Reader(), Framer()
    for packet in packets:
        for message in (packet, *framer.feed(packet)):
            for done in reader.read(message):
                assert 1 <= done.channel <= 16
                if isinstance(done, Pressed):
                    assert 0 <= done.key <= 127
                    assert 0 <= done.velocity <= 1
                else:
                    assert -1 <= done.value <= 1


def last_of(messages: list[bytes]) -> dict[str, float]:
    """Where everything stands after some messages."""
    reader = Reader()
    done = [one for data in messages for one in reader.read(data)]
    return {one.what: one.value for one in done if isinstance(one, Moved)}


@given(CHANNEL, st.integers(0, 31), st.floats(0, 1), st.floats(0, 1))
def test_fourteen_bits_out_are_fourteen_bits_in(
    channel: int, number: int, first: float, then: float
) -> None:
    sent = [
        data
        for value in (first, then)
        for data in settings_of({"midichan": channel + 1, "ccn": number, "ccv14": value})
    ]
    assert abs(last_of(sent)[f"cc {number}"] - then) <= 0.5 / 16383 + 1e-9


@given(CHANNEL, SEVEN, SEVEN)
def test_a_controller_of_seven_bits_reaches_both_ends(channel: int, number: int, to: int) -> None:
    name = f"cc {number}"
    assert last_of([bytes((0xB0 | channel, number, to))])[name] == to / 127


@given(CHANNEL, st.integers(0, 16382), st.integers(0, 16383), st.booleans())
def test_parameters_out_are_parameters_in(
    channel: int, number: int, value: int, registered: bool
) -> None:
    stands = last_of(list(parameter(channel, number, value, registered=registered)))
    assert stands[f"{'rpn' if registered else 'nrpn'} {number}"] == value / 16383
    # None is selected any more: what comes next changes no parameter.
    stray = bytes((0xB0 | channel, 6, 1))
    later = last_of([*parameter(channel, number, value, registered=registered), stray])
    assert later[f"{'rpn' if registered else 'nrpn'} {number}"] == value / 16383


@given(CHANNEL, st.floats(-1, 1))
def test_a_bend_out_is_a_bend_in(channel: int, bend: float) -> None:
    assert abs(last_of([bend_to(channel, bend)])["bend"] - bend) <= 1.6 / 8191


def test_data_increment_and_decrement_step_a_parameter() -> None:
    chosen = [b"\xb0\x63\x02", b"\xb0\x62\x2c", b"\xb0\x06\x01"]
    assert last_of([*chosen, b"\xb0\x60\x00"])["nrpn 300"] == 129 / 16383
    assert last_of([*chosen, b"\xb0\x61\x00"])["nrpn 300"] == 127 / 16383


@given(st.lists(st.tuples(st.integers(0, 50), st.floats(0, 1)), max_size=40), st.integers(0, 60))
def test_a_trace_holds_the_last_that_was_put_in(moves: list[tuple[int, float]], tick: int) -> None:
    trace, held = Trace(), dict[int, float]()
    for at, value in moves:
        trace.put(at, value)
        held = {when: stood for when, stood in held.items() if when < at} | {at: value}
    before = [when for when in held if when <= tick]
    assert trace.at(Rational(tick)) == (held[max(before)] if before else None)


STROKES = st.lists(
    st.builds(
        lambda at, late, key, velocity, channel, length: Stroke(
            Rational(at, FINEST),
            Rational(at + late, FINEST),
            key,
            velocity / 127,
            channel,
            Rational(length, FINEST),
            Rational(length, FINEST),
        ),
        st.integers(0, 4 * FINEST),
        st.integers(0, FINEST),
        SEVEN,
        st.integers(1, 127),
        st.integers(1, 16),
        st.integers(1, FINEST),
    ),
    min_size=1,
    max_size=20,
)


@given(STROKES)
def test_what_is_told_is_what_was_played(strokes: list[Stroke]) -> None:
    assert list(strokes_of(" ".join(map(tell_stroke, strokes)))) == strokes


@given(st.text(max_size=60))
def test_a_spoiled_text_is_passed_over(text: str) -> None:
    assert all(0 <= stroke.key < 128 for stroke in strokes_of(text))
    assert all(-1 <= value <= 1 for _, value in moves_of(text))


@given(st.integers(0, 10**9), st.floats(-1, 1).map(lambda x: round(x, 5)))
def test_a_movement_told_is_the_movement(tick: int, value: float) -> None:
    assert list(moves_of(tell_move(tick, value))) == [(tick, value)]


grids = st.sampled_from([3, 4, 8, 12, 16])
jitters = st.integers(-FINEST // 100, FINEST // 100)


@given(
    grids,
    st.integers(1, 4),
    st.lists(
        st.tuples(st.integers(0, 63), jitters, SEVEN, st.integers(1, 127)), min_size=1, max_size=20
    ),
    st.integers(3, 9),
)
def test_what_was_meant_for_a_grid_is_captured_on_it(
    grid: int, bars: int, notes: list[tuple[int, int, int, int]], first: int
) -> None:
    meant = {Rational(step % (grid * bars), grid) for step, *_ in notes}
    strokes = []
    for step, jitter, key, velocity in notes:
        onset = first + Rational(step % (grid * bars), grid) + Rational(jitter, FINEST)
        strokes.append(Stroke(onset, onset, key, velocity / 127, 1, Rational(1, 8)))
    drawn = placed(
        strokes, first, bars, grid=grid, strength=Rational(1), now=Rational(first + bars)
    )
    assert {note.onset for note in drawn} == meant
    assert sorted((n.key, n.velocity) for n in drawn) == sorted(
        (key, velocity / 127) for _, _, key, velocity in notes
    )
    played = placed(strokes, first, bars, grid=None, strength=Rational(1), now=Rational(99))
    assert sorted(n.onset for n in played) == sorted((s.onset - first) % bars for s in strokes)
    none = placed(strokes, first, bars, grid=grid, strength=Rational(0), now=Rational(99))
    assert none == played


@given(STROKES, st.integers(1, 4))
def test_the_last_bars_hold_the_last_note_and_go_round(strokes: list[Stroke], bars: int) -> None:
    strokes.sort(key=lambda stroke: stroke.onset)
    first = last_bars(strokes, bars)
    notes = placed(strokes, first, bars, grid=None, strength=Rational(1), now=Rational(99))
    last = strokes[-1]
    assert (last.onset - first) % bars in {note.onset for note in notes}
    pattern = loop_of(notes, first, bars, "x")
    begin = Rational(first + 7 * bars)
    onsets = [hap.whole.begin for hap in pattern.query(begin, begin + bars) if hap.has_onset]
    assert sorted(onset - begin for onset in onsets) == sorted(note.onset for note in notes)
    # Splitting a query changes nothing but the cuts.
    middle = begin + Fraction(3, 7)
    halves = [*pattern.query(begin, middle), *pattern.query(middle, begin + bars)]
    assert sorted(h.whole for h in halves if h.has_onset) == sorted(
        h.whole for h in pattern.query(begin, begin + bars) if h.has_onset
    )


@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.booleans(), st.integers(60, 62), st.integers(1, 2)),
        max_size=40,
    )
)
def test_however_keys_are_struck_each_note_ends_at_most_once(
    acts: list[tuple[int, bool, int, int]],
) -> None:
    hand, ended, pressed = Hand(), list[Stroke](), 0
    for at, down, key, channel in sorted(acts):
        when = Rational(at, 100)
        if down:
            pressed += 1
            done = hand.press(Stroke(when, when, key, 0.5, channel))
        else:
            done = hand.release(channel, key, when)
        if done is not None:
            ended.append(done)
    ended += hand.release_all(Rational(5))
    assert len(ended) == pressed
    assert len({id(stroke) for stroke in ended}) == pressed
    assert all(stroke.length is not None and stroke.length > 0 for stroke in ended)
    assert len(hand.before(Rational(100))) == pressed
