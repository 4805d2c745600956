"""The notebooks in order, published whole or not at all."""
