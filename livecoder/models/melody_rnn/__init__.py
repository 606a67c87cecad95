"""MelodyRNN with attention: a melody, sixteenth by sixteenth."""
