"""Answers as notebooks show them, and as tables for further work."""
