"""The JSON API: one's own account, and for administrators everybody's."""
