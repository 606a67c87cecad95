"""Other live-coding clocks, each in an environment of its own, to be measured beside us."""
