"""Spectrograms become tokens, tags and pictures: what a network hears, and where."""

EMBEDDING_VERSION = 1
"""Grows when tokens or tags found before can no longer be compared with new ones."""
