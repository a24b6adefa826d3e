"""Descriptions of services and tables for clients and registries, as XML.

Written with lxml from plain data: no web framework, no database, no mission.
"""
