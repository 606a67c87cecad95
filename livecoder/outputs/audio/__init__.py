"""The audio process: one pyo server, voices, mixer, recorder."""
