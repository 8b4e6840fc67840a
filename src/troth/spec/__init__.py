"""The document: loading it, what it says of each operation, and how operations hang together."""
