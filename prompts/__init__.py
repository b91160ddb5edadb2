"""Floor 1: what the LLM is told."""
