"""What the API offers, as a page."""
