"""Numbers, tables and sentences as text: the one way they are written, for people and for comparison."""
