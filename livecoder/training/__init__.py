"""Data sets, training loops, evaluation."""
