"""The embedded reference service: an agent platform with tenants that keeps its own document."""
