"""Short previews of listed tracks, fetched from public services, checked and cut."""
