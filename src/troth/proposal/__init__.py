"""What `troth init` proposes for a service that nobody has described to troth yet."""
