"""What this server tells registries: its records, made from declarations and data."""
