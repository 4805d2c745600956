"""A page an area: what its chief needs, on one screen of a phone."""
