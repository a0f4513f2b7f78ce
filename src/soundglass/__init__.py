"""Soundglass: a glass-box music recommender."""

__version__ = "0.1.0"
