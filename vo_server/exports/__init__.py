"""What partners fetch at addresses that stay: whole tables, checksums, and what has changed."""
