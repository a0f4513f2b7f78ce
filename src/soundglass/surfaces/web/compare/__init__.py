"""Two recommenders side by side."""
