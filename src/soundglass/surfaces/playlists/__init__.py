"""Playlists as files that players read."""
