"""What one hears and sees of a recording: its sound as browsers play it, its cover."""
