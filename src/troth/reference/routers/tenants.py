"""The caller's tenant, and for operators all of them."""

from typing import Annotated

from fastapi import Header, Response

from troth.reference.domain import tenants
from troth.reference.domain.access import CallerHere
from troth.reference.fields import NotNull, PathId
from troth.reference.paging import SpanHere
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas.tenants import NewSettings, SettingsShown, TenantPage, TenantShown

routes = Routes("/api/v1/tenants", "tenants", "The caller's tenant.")
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
IfNoneMatch = Annotated[
    str | None,
    NotNull(),
    Header(
        alias="If-None-Match",
        max_length=500,
        description="Entity tags (RFC 9110, 13.1.2), or `*`. What names the present one is a 304.",
        openapi_examples={"older": {"summary": "An older version", "value": '"v0"'}},
    ),
]


@routes.operation(
    "GET",
    "",
    "listTenants",
    "All tenants",
    access="operators",
    ids={"/api/v1/tenants/{tenant_id}": "/items/0/id"},
)
def everyone(platform: Here, span: SpanHere) -> TenantPage:
    """Of the whole platform; for its operators."""
    return tenants.everyone(platform, span)


@routes.operation(
    "GET",
    "/current",
    "getTenant",
    "My tenant",
    access="everyone",
    ids={"/api/v1/tenants/{tenant_id}": "/id", "/api/v1/billing/tenants/{tenant_id}": "/id"},
)
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
    documented={304: {"description": "They are as they were."}},
    answers=SettingsShown,
)
def settings(
    caller: CallerHere, platform: Here, response: Response, if_none_match: IfNoneMatch = None
) -> SettingsShown | Response:
    """The settings, with their entity tag; with `If-None-Match`, only if they have changed."""
    shown = tenants.settings(platform, caller)
    tag = tenants.etag(shown.version)
    if if_none_match is not None and tenants.names(if_none_match, tag):
        return Response(status_code=304, headers={"ETag": tag})
    response.headers["ETag"] = tag
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


@routes.operation(
    "GET",
    "/{tenant_id}",
    "getTenantById",
    "A tenant",
    access="everyone",
    ids={"/api/v1/billing/tenants/{tenant_id}": "/id"},
    errors={404: "There is no such tenant for you."},
)
def one(tenant_id: PathId, caller: CallerHere, platform: Here) -> TenantShown:
    """The caller's own; operators see every tenant."""
    return tenants.one(platform, caller, tenant_id)
