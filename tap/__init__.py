"""Table Access Protocol 1.1 over any declared tables.

Knows no mission: everything it publishes comes from a
:class:`schemas.declaration.Catalogue`. Its pure parts, :mod:`tap.adql` and
:mod:`tap.votable`, import neither the web framework nor the database.
"""
