"""Floor 0: paper files become a library."""
