"""SEC: an adversary drives. One property a file."""
