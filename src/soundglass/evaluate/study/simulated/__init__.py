"""Participants that are no people: fixed policies with known effects, to try a study and its analysis."""
