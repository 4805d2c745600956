"""Other estimators of the same effect, each with its own assumptions, beside the exact test."""
