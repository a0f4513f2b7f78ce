"""Full-length game music, and what ``soundglass evaluate`` does not measure on it.

``python tools/fetch_game_music.py FOLDER`` gathers the music. What the program and its peers make of it:
``soundglass scan FOLDER --library FOLDER/library.lance``, then ``soundglass evaluate --only ranking --peers
--labels FOLDER/tracks.csv --library FOLDER/library.lance``. ``python -m benchmarks.soundtracks FOLDER`` asks
the same questions of descriptors that the program does not have, ``python -m benchmarks.soundtracks.choices
FOLDER`` of variants of the tokens and their score.
"""
