"""Logging in by OpenID Connect: another authority says who somebody is."""
