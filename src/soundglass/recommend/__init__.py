"""Which tracks are alike."""
