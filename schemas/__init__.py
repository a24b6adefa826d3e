"""The declared tables, their migrations and the SQL that protects them.

Importing this package imports neither the database nor the web framework, so
that pure code (the ADQL translator, the VOTable writer) may use
:mod:`schemas.declaration`.
"""
