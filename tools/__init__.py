"""What builds the book and what checks it; run as `python -m tools.NAME`."""
