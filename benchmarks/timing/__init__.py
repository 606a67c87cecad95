"""How exactly the music is on the beat, ours and our peers'; see `__main__`."""
