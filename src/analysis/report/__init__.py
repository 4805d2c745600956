"""What an official reads: one content in several forms, Vietnamese first and English beside it."""
