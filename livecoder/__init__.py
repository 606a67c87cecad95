"""A live-coding instrument: type music, hear a network join in."""
