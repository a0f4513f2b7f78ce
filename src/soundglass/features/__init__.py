"""Samples become named features with units, sources and confidence."""

ANALYSIS_VERSION = 1
"""Grows when a change of method makes old values incomparable with new ones."""
