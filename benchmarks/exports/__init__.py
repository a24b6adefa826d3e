"""What an edition of the exports for partners costs, beside COPY of the same rows.

``python -m benchmarks.exports`` fills scratch databases with few and with many
public products, makes editions of each in a process of its own, and compares.
"""
