"""``python -m analysis`` is the console script ``analysis``."""

from analysis.cli import main

main()
