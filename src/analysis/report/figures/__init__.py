"""Pictures: each function takes frames and a language and returns a matplotlib figure; none reads a file."""
