"""What a recording looks like: tiles of its mel-spectrogram at any zoom, and its waveform."""
