"""One adversary's value in one place of a request that was served, and what it does."""
