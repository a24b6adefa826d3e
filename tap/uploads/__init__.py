"""Uploaded tables (TAP 1.1, section 2.7.6)."""
