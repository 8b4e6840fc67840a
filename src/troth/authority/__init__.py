"""Credentials and roles: tokens that nobody issued, and what a role may not do."""
