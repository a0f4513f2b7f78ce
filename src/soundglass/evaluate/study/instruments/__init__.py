"""The questions of the study and its wording: data files, read, checked and scored."""
