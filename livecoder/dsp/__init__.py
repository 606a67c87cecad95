"""Signal functions on arrays."""
