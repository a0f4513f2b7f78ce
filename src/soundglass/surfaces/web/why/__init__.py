"""Why two tracks are alike: seen, heard, added up and put to the test."""
