"""What a study found, for people and programs: tables, plots, one page, files."""
