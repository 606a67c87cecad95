"""A minute of eight voices and a clock through JACK: every pulse and every note, once, in place.

The minute the timing bench measures, with what a test may ask of a busy machine: order and
completeness.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

BENCHMARKS = str(Path(__file__).parents[2] / "benchmarks")


@pytest.mark.integration
@pytest.mark.timeout(240)
def test_a_minute_through_jack_has_every_pulse_and_every_note(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if shutil.which("jackd") is None and os.environ.get("LIVECODER_REQUIRE_JACK") != "1":
        pytest.skip("there is no jackd; as root: apt-get install jackd2")
    monkeypatch.setattr(sys, "path", [BENCHMARKS, *sys.path])
    from support.server import own_state
    from timing import through_jack

    with own_state():
        run, frames = through_jack.measure(60.0, period=256, load=False)
    notes, pulses = run["notes"], run["clock_out"]
    # Eight voices of eight notes a second, and 48 pulses.
    assert notes["sent"] == len(frames) >= 8 * 8 * 59
    assert (notes["lost"], notes["doubled"], notes["wrong"]) == (0, 0, 0)
    assert pulses["sent"] >= 48 * 59
    assert (pulses["lost"], pulses["doubled"]) == (0, 0)
