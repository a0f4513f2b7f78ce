"""Talking to people and programs."""
