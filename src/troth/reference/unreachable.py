"""What is raised when the database or Redis cannot be reached: the one list of it."""

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from troth.reference.limits import UnreachableError

UNREACHABLE = (OperationalError, InterfaceError, PoolTimeout, UnreachableError)
RETRY = {"Retry-After": "1"}
"""What the 503 says then."""
