"""The layouts of tables: one file each; a new one is one more file."""
