"""Workbooks to records of text, two readers agreeing on every cell, in a process of their own.

The process starts with ``python -P -m analysis.workbook`` and imports nothing of the project but this room,
so that it is there in a fraction of a second; `analysis.tallies.files.child` is its parent.
"""
