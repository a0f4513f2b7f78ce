"""Which rows of two lists of music are one recording: record linkage by names and lengths, with reasons."""
