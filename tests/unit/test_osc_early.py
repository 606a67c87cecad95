"""A fader that comes in by OSC is live input as a knob is: read late, and no track breaks of it."""

from __future__ import annotations

from livecoder.core.rational import Rational
from livecoder.patterns.vocabulary import s
from livecoder.session.osc import OscIn
from tests.property.test_midi_live import Live


def test_a_value_by_osc_is_asked_for_late_like_a_knob_and_fails_no_track() -> None:
    live = Live()
    osc = OscIn(live.desk, lambda _line: None).commands()["osc"]
    values = [0.25, 0.5, 0.75]
    live.scheduler.set("d1", s("pluck*16").gain(osc("/fader", default=0.0)), at=0)
    live.scheduler.set("d2", s("bd*4"), at=0)
    for turn in range(200):
        live.scheduler.tick()
        live.clock.advance(0.02)
        if turn in (50, 100, 150):
            live.desk.feed("osc /fader 0", values[turn // 50 - 1], live.clock.now_ns())
    statistics = live.scheduler.statistics()
    assert statistics.late == statistics.lost == 0
    heard = [event.controls["gain"] for event in live.heard()]
    assert list(dict.fromkeys(heard)) == [0.0, *values]
    # All but the track that reads are asked two bars ahead.
    assert live.output.horizons["d2"] - live.output.horizons["d1"] > Rational(7)
