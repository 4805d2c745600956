"""From bytes to records of text: what a file is, workbooks and text files, and how long that may take."""
