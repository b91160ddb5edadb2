"""Floor 2: a question becomes an answer whose every sentence is bound to a quote."""
