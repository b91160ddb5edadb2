"""The parts of the chat page: its look, its HTML, its files, and what it asks of the public API."""
