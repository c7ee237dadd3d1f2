"""`python -m formreader`."""

from formreader.cli import main

main()
