"""The command line: parses, calls one method, prints."""
