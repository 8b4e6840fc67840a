"""The people of the caller's tenant."""

from fastapi import Response

from troth.reference.domain import users
from troth.reference.domain.access import CallerHere
from troth.reference.fields import PathId
from troth.reference.paging import SpanHere
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas.users import NewUser, UserChange, UserPage, UserShown

routes = Routes("/api/v1/users", "users", "The people of the caller's tenant.")
_UNKNOWN = {404: "Your tenant has no such user."}
_ONESELF = {409: "You cannot do this to yourself."}
_LINKS = {
    name: {"user_id": "$response.body#/id"} for name in ("getUser", "changeUser", "deleteUser")
}


@routes.operation(
    "GET",
    "",
    "listUsers",
    "Users of my tenant",
    access="admins",
    ids={"/api/v1/users/{user_id}": "/items/0/id"},
)
def everyone(
    caller: CallerHere,
    platform: Here,
    span: SpanHere,
) -> UserPage:
    """In the order they came; `offset` counts from `cursor` where there is one."""
    return users.everyone(platform, caller, span)


@routes.operation(
    "POST",
    "",
    "inviteUser",
    "Invite a user",
    access="admins",
    status=201,
    errors={409: "A user with this e-mail address exists."},
    headers=("Location",),
    links=_LINKS,
)
def invite(body: NewUser, caller: CallerHere, platform: Here, response: Response) -> UserShown:
    """Adds a user to the caller's tenant."""
    shown = users.invite(platform, caller, body)
    response.headers["Location"] = f"/api/v1/users/{shown.id}"
    return shown


@routes.operation(
    "GET",
    "/me",
    "getOwnUser",
    "Myself",
    access="everyone",
    links={"getUser": {"user_id": "$response.body#/id"}},
)
def oneself(caller: CallerHere, platform: Here) -> UserShown:
    """The caller as a user."""
    return users.oneself(platform, caller)


@routes.operation(
    "GET",
    "/{user_id}",
    "getUser",
    "A user of my tenant",
    access="everyone",
    ids={"/api/v1/users/{user_id}": "/id"},
    errors=_UNKNOWN,
)
def one(user_id: PathId, caller: CallerHere, platform: Here) -> UserShown:
    """One of the tenant's users."""
    return users.one(platform, caller, user_id)


@routes.operation(
    "PATCH",
    "/{user_id}",
    "changeUser",
    "Change a user",
    access="admins",
    ids={"/api/v1/users/{user_id}": "/id"},
    errors=_UNKNOWN | _ONESELF,
)
def change(user_id: PathId, body: UserChange, caller: CallerHere, platform: Here) -> UserShown:
    """Changes what is sent; suspending someone logs them out. Nobody above oneself: 403."""
    return users.change(platform, caller, user_id, body)


@routes.operation(
    "DELETE",
    "/{user_id}",
    "deleteUser",
    "Delete a user",
    access="admins",
    status=204,
    errors=_UNKNOWN | _ONESELF,
    response_class=Response,
)
def remove(user_id: PathId, caller: CallerHere, platform: Here) -> None:
    """Deletes a user with all that is theirs."""
    users.remove(platform, caller, user_id)
