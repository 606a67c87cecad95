"""clockblocks, the clock of SCAMP: a child clock for each track, each calling a function.

It is given the strictest timing it has: the absolute schedule, and a busy wait before each event.
"""

from __future__ import annotations

import clockblocks
from clockblocks import Clock, wait
from stamps import BPM, STEP, Stamps, options


def main() -> None:
    """Play."""
    wanted = options()
    stamps = Stamps(wanted.tracks)
    clock = _clock()

    def track(number: int) -> None:
        while True:
            stamps.note(number)
            wait(STEP)

    for number in range(wanted.tracks):
        clock.fork(track, args=(number,))
    stamps.end_after(wanted.seconds, wanted.out, "clockblocks")
    clock.wait_for_children_to_finish()


def _clock() -> Clock:
    if not hasattr(clockblocks, "ClockFamilyOptions"):  # before 1.0
        return Clock(initial_tempo=BPM, timing_policy="absolute")
    strict = clockblocks.ClockFamilyOptions(timing_policy=0.0, precise_timing=True)
    return Clock(initial_tempo=BPM, clock_family_options=strict)


main()
