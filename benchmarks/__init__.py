"""troth and `st run` on the same service in turn: `python -m benchmarks`."""
