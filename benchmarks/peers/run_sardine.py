"""Sardine: a swimming function for each track, into its MIDI output, on its own event loop.

Its configuration is one of our own, without SuperCollider; its priority is what its own starter
asks for.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from stamping_port import NAME, use
from stamps import BPM, STEP, Stamps, options


def main() -> None:
    """Play."""
    wanted = options()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_DATA_HOME"] = folder
        _configure(Path(folder))
        stamps = Stamps(wanted.tracks)
        use(stamps)
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, -20)
        from sardine_core.event_loop import new_event_loop

        loop = new_event_loop()
        asyncio.set_event_loop(loop)
        loop.run_until_complete(_play(wanted.tracks, stamps, wanted))


def _configure(folder: Path) -> None:
    from appdirs import user_data_dir

    place = Path(user_data_dir("Sardine", "Bubobubobubo"))
    assert place.is_relative_to(folder), place
    place.mkdir(parents=True)
    settings = {
        "midi": NAME,
        "bpm": BPM,
        "superdirt_handler": False,
        "boot_supercollider": False,
    }
    (place / "config.json").write_text(json.dumps({"config": settings, "extensions": []}))


async def _play(tracks: int, stamps: Stamps, wanted: Any) -> None:
    from sardine_core import run as sardine

    # Only with this does the module start its bowl, as its console does.
    sardine.bowl.start()
    for channel in range(tracks):

        def track(p: float = STEP, i: int = 0, channel: int = channel) -> None:
            sardine.N(60 + i % 12, channel=channel, dur=STEP)
            sardine.again(sardine.bowl.scheduler.get_runner(f"track{channel}"), p=p, i=i + 1)

        track.__name__ = f"track{channel}"
        sardine.swim(track)
    stamps.end_after(wanted.seconds, wanted.out, "sardine-system", "mido", "uvloop")
    await asyncio.get_running_loop().create_future()


main()
