"""The embedded reference service: an agent platform with tenants that keeps its own document."""

from troth.reference.app import create_app
from troth.reference.settings import Settings

__all__ = ["Settings", "create_app"]
