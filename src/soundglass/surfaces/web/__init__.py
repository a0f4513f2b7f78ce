"""The web app: explore a library, and see and hear why."""
