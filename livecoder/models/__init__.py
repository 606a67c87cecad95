"""Streaming models: networks that compose one bar at a time, in worker processes."""
