"""The words of tallies: which stand in titles and headings, in which language, and what they say."""
