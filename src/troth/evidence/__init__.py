"""What a run leaves on disk, so that a reviewer can read, verify and replay it."""
