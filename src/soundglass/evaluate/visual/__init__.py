"""Do recommended tracks look alike, by measures that no recommender uses."""
