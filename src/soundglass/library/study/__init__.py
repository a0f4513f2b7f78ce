"""What a listening study keeps: plans, materials, participants, and every answer."""
