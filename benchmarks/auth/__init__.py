"""What rights cost, beside the same query by a role that bypasses the policies.

``python -m benchmarks.auth`` fills a scratch database with a million products of
every kind, asks as each tier and as that role in turn, and checks a token over HTTP.
"""
