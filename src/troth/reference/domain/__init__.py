"""What the platform does, apart from how it is asked."""
