"""Taking part in a listening study by HTTP, as a browser does."""
