"""Further tables: from a declaration and a file to a published table."""
