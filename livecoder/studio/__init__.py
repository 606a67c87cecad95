"""Where models and patterns meet: a network as a pattern."""
