"""Floor 3: how good it is."""
