"""Which output waits how long for which, and what is kept of it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from livecoder.core.errors import LivecoderError
from livecoder.core.events import Configure, Report
from livecoder.outputs.loopback import delays_of
from livecoder.session.latency import Latencies, read_latencies, write_latency
from tests.fakes.output import RecordingOutput


def _outputs() -> dict[str, RecordingOutput]:
    return {name: RecordingOutput() for name in ("midi", "audio", "osc")}


def _told(output: RecordingOutput) -> dict[str, float]:
    orders = [order for order in output.orders if isinstance(order, Configure)]
    return dict(orders[-1].settings["delays"]) if orders else {"": 0.0}


def _all_there(latencies: Latencies) -> Latencies:
    """Have every output used in these tests report."""
    latencies.on_report(Report("audio", {}))
    latencies.on_report(Report("midi", {}, ports=("synth", "daw")))
    return latencies


def test_the_slowest_is_waited_for_by_all_others(tmp_path: Path) -> None:
    outputs = _outputs()
    latencies = _all_there(Latencies(tmp_path / "latency.json", outputs))
    latencies.latency("audio", 12)
    latencies.latency("synth", 3)
    assert _told(outputs["audio"]) == {"": 0.0}
    assert _told(outputs["midi"]) == {"": 12.0, "synth": 9.0}
    assert _told(outputs["osc"])[""] == 12.0
    latencies.latency("daw", 30)
    assert _told(outputs["audio"]) == {"": 18.0}
    assert _told(outputs["midi"]) == {"": 30.0, "synth": 27.0, "daw": 0.0}


def test_nobody_waits_for_a_port_that_is_not_there_until_it_is(tmp_path: Path) -> None:
    outputs = _outputs()
    write_latency(tmp_path / "latency.json", "daw", 300.0)
    latencies = Latencies(tmp_path / "latency.json", outputs)
    assert latencies.latency() == {"daw": 300.0}
    latencies.on_report(Report("audio", {"latency": 5.0}))
    latencies.on_report(Report("midi", {}, ports=("synth",)))
    latencies.latency("lights", 200)
    assert _told(outputs["audio"]) == {"": 0.0}
    assert _told(outputs["midi"])[""] == 5.0
    assert min(_told(outputs["midi"]).values()) == 0.0, "and nothing sounds before its beat"
    latencies.on_report(Report("midi", {}, ports=("synth", "daw")))
    assert _told(outputs["audio"]) == {"": 295.0}
    assert (_told(outputs["midi"])[""], _told(outputs["midi"])["daw"]) == (300.0, 0.0)
    # A cable that is loose for a moment, or a process that is started again, moves nobody.
    orders = [len(output.orders) for output in outputs.values()]
    latencies.on_report(Report("midi", {}, ports=()))
    latencies.on_report(Report("midi", {}, ports=("synth", "daw")))
    assert [len(output.orders) for output in outputs.values()] == orders
    latencies.on_report(Report("osc", {}, ports=("lights",)))
    assert _told(outputs["osc"])["lights"] == 100.0


def test_what_is_set_counts_before_what_is_measured(tmp_path: Path) -> None:
    outputs = _outputs()
    latencies = Latencies(tmp_path / "latency.json", outputs)
    latencies.on_report(Report("audio", {"latency": 5.0, "load": 0.1}))
    latencies.on_report(Report("midi", {"latency synth": 2.0, "sent": 7.0}))
    assert latencies.latency() == {"audio": 5.0, "synth": 2.0}
    assert _told(outputs["midi"]) == {"": 5.0, "synth": 3.0}
    latencies.latency("audio", 10)
    latencies.on_report(Report("audio", {"latency": 6.0}))
    assert latencies.latency("audio") == 10.0
    assert latencies.latency("audio", "measured") == 6.0


def test_a_figure_that_trembles_moves_nothing(tmp_path: Path) -> None:
    outputs = _outputs()
    latencies = Latencies(tmp_path / "latency.json", outputs)
    for ms in (5.0, 5.01, 4.99, float("nan"), -3.0, 1e9):
        latencies.on_report(Report("audio", {"latency": ms}))
    assert latencies.latency("audio") == 5.0
    assert len(outputs["midi"].orders) == 1


def test_what_was_set_is_there_next_time(tmp_path: Path) -> None:
    path = tmp_path / "state" / "latency.json"
    Latencies(path, _outputs()).latency("audio", 7.5)
    outputs = _outputs()
    assert _all_there(Latencies(path, outputs)).latency("audio") == 7.5
    assert _told(outputs["midi"])[""] == 7.5
    Latencies(path, outputs).latency("audio", "measured")
    assert read_latencies(path) == {}


@pytest.mark.parametrize(
    "text",
    ["", "[", "[1]", "3", '{"audio": "x"}', '{"audio": -1}', '{"audio": true}', "[" * 100_000],
)
def test_a_file_that_is_damaged_counts_as_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "latency.json"
    path.write_text(text)
    assert read_latencies(path) == {}
    write_latency(path, "audio", 4.0)
    assert json.loads(path.read_text()) == {"audio": 4.0}


@pytest.mark.parametrize(
    ("name", "ms", "says"),
    [("audio", -1, "0 to 1000"), ("audio", "fast", "0 to 1000"), ("", 3, "a MIDI port")],
)
def test_what_is_no_latency_is_refused(tmp_path: Path, name: str, ms: object, says: str) -> None:
    latencies = Latencies(tmp_path / "latency.json", _outputs())
    with pytest.raises(LivecoderError, match=says):
        latencies.latency(name, ms)  # type: ignore[arg-type]


@pytest.mark.parametrize("delay", [0, 1, 256, 1003])
@pytest.mark.parametrize("level", [1.0, -0.01])
def test_clicks_are_found_however_soft_or_upside_down(delay: int, level: float) -> None:
    rng = np.random.default_rng(7)
    burst = rng.uniform(-0.5, 0.5, 64).astype(np.float32)
    starts = [100, 5000, 9900]
    heard = rng.normal(0.0, 0.0005, 15_000).astype(np.float32)
    for start in starts:
        heard[start + delay : start + delay + 64] += level * burst
    assert delays_of(heard, burst, starts) == [delay] * 3


def test_noise_alone_is_no_click() -> None:
    rng = np.random.default_rng(7)
    burst = rng.uniform(-0.5, 0.5, 64).astype(np.float32)
    assert delays_of(np.zeros(15_000, np.float32), burst, [100, 5000]) == []
    noise = rng.normal(0.0, 0.1, 15_000).astype(np.float32)
    assert delays_of(noise, burst, [100, 5000, 9900]) == []
