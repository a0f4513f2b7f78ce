"""Pictures of tracks, pairs, lists and libraries: matplotlib figures of one look."""
