"""Findings for people: one HTML file, and tables for a terminal."""
