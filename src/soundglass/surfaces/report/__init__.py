"""The report of a track: one page, and nothing beside it, that shows, plays and explains what is like it."""
