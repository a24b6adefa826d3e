"""Harvesting of records by OAI-PMH 2.0, as the IVOA's registries do it."""
