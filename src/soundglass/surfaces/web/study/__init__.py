"""The place of the listening study."""
