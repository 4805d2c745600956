"""What the methods are held to: known truths and repeated trials, off the weekly path."""
