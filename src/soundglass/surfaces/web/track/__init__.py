"""One track: what it is and how it lies in the library."""
