"""Asynchronous queries: jobs by UWS 1.1, run by workers from a queue in PostgreSQL."""
