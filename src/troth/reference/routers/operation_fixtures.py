"""Work that nobody does any more, for tests; mounted only where the settings ask for it."""

from troth.reference.domain import orphans
from troth.reference.domain.access import CallerHere
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas.operations import Abandoned

routes = Routes("/api/v1/test-fixtures", "test-fixtures", "Worlds for tests.")


@routes.operation(
    "POST",
    "/abandoned-operation",
    "abandonOperation",
    "Running work whose worker has fallen silent",
    access="writers",
    status=201,
)
def abandon(caller: CallerHere, platform: Here) -> Abandoned:
    """It runs, until somebody notices that nobody does it."""
    return orphans.abandoned_for_test(platform, caller)
