"""How fast TAP answers are, beside what PostgreSQL itself can hand over.

``python -m benchmarks.tap`` loads the catalogue of ``../shared/bench`` into a
scratch database, serves it with gunicorn and measures whole HTTP answers.
"""
