"""The clock we send: 24 pulses a quarter note, how even and how near their beats."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from timing.figures import Grid, interval_figures, spread

__all__ = ["CLOCK", "pulse_figures"]

CLOCK = "bench clock"


def pulse_figures(pulses: NDArray[np.int64], grid: Grid) -> dict[str, Any]:
    """Hold pulses against the grid they are due on.

    Args:
        pulses: when each left or arrived, nanoseconds, in order.
        grid: of 24 a beat.
    """
    inside, index = grid.match(pulses.astype(np.float64))
    mine = pulses[inside]
    intervals, _ = interval_figures([mine], ideal_ns=grid.spacing)
    found = len(np.unique(index))
    return {
        "sent": len(grid.ns),
        "lost": len(grid.ns) - found,
        "doubled": len(index) - found,
        "intervals": intervals,
        "errors": spread((mine - grid.ns[index]).astype(np.float64)),
    }
