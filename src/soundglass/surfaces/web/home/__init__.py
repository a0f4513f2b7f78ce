"""Search, what is new, and the state of the library."""
