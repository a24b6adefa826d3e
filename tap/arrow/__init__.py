"""Values of an answer as Arrow columns: their types, their texts, their bytes.

Pure: neither the web framework nor the database is imported here. Everything
is done a column at a time; the writers of :mod:`tap.votable` and
:mod:`tap.output` put columns together.
"""
