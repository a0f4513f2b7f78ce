"""The store of tracks: schema, transactions, scans and tables."""
