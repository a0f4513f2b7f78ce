"""Samples become named features with units, sources and confidence."""
