"""The stack of LSTMs that every note-by-note network of Magenta's is, with or without attention."""
