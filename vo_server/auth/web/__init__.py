"""The pages on which people log in, look after their accounts and administer others'."""
