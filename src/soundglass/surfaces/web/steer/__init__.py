"""Steering recommendations."""
