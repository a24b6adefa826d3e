"""Rows between PostgreSQL and Arrow, as fast as PostgreSQL gives and takes them."""
