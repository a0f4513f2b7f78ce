"""Paths become tracks, and tracks become samples, safely."""
