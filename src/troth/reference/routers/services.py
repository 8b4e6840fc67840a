"""Service accounts: tokens for what is no person."""

from troth.reference.domain import services
from troth.reference.domain.access import CallerHere
from troth.reference.fields import PathId
from troth.reference.paging import SpanHere
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas import services as shapes
from troth.reference.schemas.done import DONE, Done

routes = Routes("/api/v1/auth/service-accounts", "service-accounts", "Tokens of services.")
_LINKS = {"revokeServiceToken": {"jti": "$response.body#/jti"}}
_SUSPENDED = {409: services.SUSPENDED}


@routes.operation(
    "POST",
    "/issue",
    "issueServiceToken",
    "Issue a token for a service",
    access="admins",
    status=201,
    errors=_SUSPENDED,
    headers=("Cache-Control",),
    links=_LINKS,
)
def issue(
    body: shapes.NewServiceToken, caller: CallerHere, platform: Here
) -> shapes.ServiceTokenIssued:
    """It can do what its scopes say, and never more than you can at that moment.

    Where an operation names a scope, the scope is enough; elsewhere the service counts as a
    viewer, or as a member if any of its scopes is beyond a viewer's.
    """
    return services.issue(platform, caller, body)


@routes.operation(
    "POST",
    "/browser-issue",
    "issueBrowserToken",
    "Issue a token for a service in a browser",
    access="admins",
    status=201,
    errors=_SUSPENDED,
    headers=("Cache-Control",),
    links=_LINKS,
)
def browser_issue(
    body: shapes.NewBrowserToken, caller: CallerHere, platform: Here
) -> shapes.ServiceTokenIssued:
    """It is believed only in requests whose `Origin` is the given one."""
    return services.issue(platform, caller, body)


@routes.operation(
    "GET", "/tokens", "listServiceTokens", "Tokens of my tenant's services", access="admins"
)
def pages(caller: CallerHere, platform: Here, span: SpanHere) -> shapes.ServiceTokenPage:
    """Those that are over too; never the tokens themselves."""
    return services.pages(platform, caller, span)


@routes.operation(
    "POST",
    "/tokens/{jti}/revoke",
    "revokeServiceToken",
    "Revoke a service's token",
    access="admins",
    errors={404: "Your tenant has no such token."},
)
def revoke(jti: PathId, caller: CallerHere, platform: Here) -> Done:
    """From its next request on it is nobody's; revoking it again changes nothing."""
    services.revoke(platform, caller, jti)
    return DONE
