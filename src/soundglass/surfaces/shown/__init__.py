"""What several surfaces show in the same way."""
