"""The caller's tenant."""

from typing import Annotated

from fastapi import Header, Response

from troth.reference.domain import tenants
from troth.reference.domain.access import CallerHere
from troth.reference.fields import NotNull
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas.tenants import NewSettings, SettingsShown, TenantShown

routes = Routes("/api/v1/tenants", "tenants")
IfMatch = Annotated[
    str | None,
    NotNull(),
    Header(
        alias="If-Match",
        max_length=500,
        description="Entity tags (RFC 9110, 13.1.1), or `*`. What names no present one is a 412.",
        openapi_examples={"any": {"summary": "Whatever is there", "value": "*"}},
    ),
]


@routes.operation("GET", "/current", "getTenant", "My tenant", access="everyone")
def current(caller: CallerHere, platform: Here) -> TenantShown:
    """The tenant of the caller."""
    return tenants.current(platform, caller)


@routes.operation(
    "GET",
    "/settings",
    "getTenantSettings",
    "My tenant's settings",
    access="admins",
    headers=("ETag",),
)
def settings(caller: CallerHere, platform: Here, response: Response) -> SettingsShown:
    """The settings, with their entity tag."""
    shown = tenants.settings(platform, caller)
    response.headers["ETag"] = tenants.etag(shown.version)
    return shown


@routes.operation(
    "PUT",
    "/settings",
    "replaceTenantSettings",
    "Replace my tenant's settings",
    access="admins",
    errors={412: "The settings have changed since the given entity tag."},
    headers=("ETag",),
)
def replace(
    body: NewSettings,
    caller: CallerHere,
    platform: Here,
    response: Response,
    if_match: IfMatch = None,
) -> SettingsShown:
    """Replaces all settings; with `If-Match`, only those that the caller has seen."""
    shown = tenants.replace(platform, caller, body, if_match)
    response.headers["ETag"] = tenants.etag(shown.version)
    return shown
