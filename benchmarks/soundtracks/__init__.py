"""Do near tracks share soundtrack, release and artist? Ours, baselines and peers on full-length game music.

``python tools/fetch_game_music.py FOLDER`` gathers the music, ``python -m benchmarks.soundtracks FOLDER``
prints the table.
"""
