"""The map: every track of a library as a point, how far it can be trusted, and what lies where."""
