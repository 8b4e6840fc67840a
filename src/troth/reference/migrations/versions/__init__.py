"""The revisions: what a file says once released is never changed, for databases stand on it."""
