"""A network that composes, bar after bar in time, beside a peer: `python -m timing.composing`.

The same network, at the same pace and at the priority it has beside us. Prints a line when it
begins.
"""

from __future__ import annotations

import os
import time

from livecoder.core.protocols import BarRequest
from livecoder.core.rational import rational

_BAR_S = 2.0
_A_MINOR = frozenset({0, 2, 4, 5, 7, 9, 11})
_NICE = 5


def main() -> None:
    """Compose until killed."""
    os.nice(_NICE)
    import torch

    from livecoder.models.melody_rnn.model import load

    torch.set_num_threads(1)
    model = load(None)
    state = model.initial((), beats=rational(4))
    print("composing", flush=True)
    begun, bar = time.monotonic(), 0
    while True:
        request = BarRequest(bar, bar, rational(4), 0.9, _A_MINOR)
        _, state = model.compose(state, request)
        bar += 1
        time.sleep(max(0.0, begun + bar * _BAR_S - time.monotonic()))


if __name__ == "__main__":
    main()
