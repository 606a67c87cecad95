"""The pattern algebra: pure functions from spans of cycles to haps."""
