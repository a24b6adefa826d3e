"""Published tables for the DaCHS of a partner: its resource descriptor, and its foreign tables."""
