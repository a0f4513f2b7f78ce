"""Is the explanation what the system did: the audio is changed and everything computed anew."""
