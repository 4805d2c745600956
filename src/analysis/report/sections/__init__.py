"""The sections of the report, each a sequence of blocks made from the same numbers and tables."""
