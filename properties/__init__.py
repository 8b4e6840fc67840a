"""PRO: what a model says that a service does, one property a file."""
