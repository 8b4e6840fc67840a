"""What goes in and out of each domain's operations."""
