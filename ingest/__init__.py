"""Deliveries of light curves: reading, checking, loading, and simulating them."""
