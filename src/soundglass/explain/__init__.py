"""Why they are alike."""
