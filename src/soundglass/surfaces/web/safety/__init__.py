"""Who may ask what: hosts, tokens, origins, sizes, and what an answer lets a browser do."""
