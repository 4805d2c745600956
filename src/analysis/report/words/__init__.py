"""Everything the report says, in every language that has a file here: labels, sentences, numbers."""
