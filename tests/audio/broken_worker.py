"""A worker module that cannot start."""

raise ImportError("a library is missing")
