"""Mini-notation: the text a performer types, parsed into a pattern."""
