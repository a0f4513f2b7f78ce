"""Which features go with what can be seen on a spectrogram, measured over a library."""
