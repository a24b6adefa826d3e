"""Simple Spectral Access 1.1 on any declared ObsCore table, and the download of its products.

Nothing here knows what the data are.
"""
