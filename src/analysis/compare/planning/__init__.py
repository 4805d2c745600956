"""The next push: which areas, drawn by lot; what it could show; and what was promised before it was made."""
