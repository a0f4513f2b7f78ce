"""Frozen types, limits, the error tree and the feature catalogue."""
