"""Hooks: who is told when a turn ends."""

from fastapi import BackgroundTasks, Response

from troth.reference.domain import hook_delivery, hooks
from troth.reference.domain.access import HolderHere
from troth.reference.fields import PathId
from troth.reference.paging import SpanHere
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas import hooks as shapes

routes = Routes("/api/v1/hooks", "agent-hooks", "Who is told when a turn ends.")
_UNKNOWN = {404: "You have no such hook."}
_LINKS = {
    name: {"hook_id": "$response.body#/hook_id"} for name in ("getHook", "deleteHook", "testHook")
}


@routes.operation(
    "GET",
    "",
    "listHooks",
    "My hooks",
    access="keys",
    ids={"/api/v1/hooks/{hook_id}": "/hooks/0/hook_id"},
)
def pages(owner: HolderHere, platform: Here, span: SpanHere) -> shapes.HookPage:
    """In the order they were registered; `offset` counts from `cursor` where there is one."""
    return hooks.pages(platform, owner, span)


@routes.operation(
    "POST",
    "",
    "createHook",
    "Register a hook",
    access="keys",
    status=201,
    errors={409: hooks.FORBIDDEN},
    headers=("Location",),
    links=_LINKS,
)
def register(
    body: shapes.NewHook, owner: HolderHere, platform: Here, response: Response
) -> shapes.HookCreated:
    """Its secret is shown this once."""
    shown = hooks.register(platform, owner, body)
    response.headers["Location"] = f"/api/v1/hooks/{shown.hook_id}"
    return shown


@routes.operation(
    "GET",
    "/{hook_id}",
    "getHook",
    "A hook",
    access="keys",
    ids={"/api/v1/hooks/{hook_id}": "/hook_id"},
    errors=_UNKNOWN,
)
def one(hook_id: PathId, owner: HolderHere, platform: Here) -> shapes.HookDetail:
    """With its last ten deliveries, newest first."""
    return hooks.one(platform, owner, hook_id)


@routes.operation(
    "DELETE",
    "/{hook_id}",
    "deleteHook",
    "Remove a hook",
    access="keys",
    status=204,
    errors=_UNKNOWN,
    response_class=Response,
)
def remove(hook_id: PathId, owner: HolderHere, platform: Here) -> None:
    """Removes it with its deliveries."""
    hooks.remove(platform, owner, hook_id)


@routes.operation(
    "POST",
    "/{hook_id}/test",
    "testHook",
    "Tell a hook something",
    access="keys",
    status=202,
    errors=_UNKNOWN,
)
def test(
    hook_id: PathId, owner: HolderHere, platform: Here, later: BackgroundTasks
) -> shapes.HookDelivery:
    """Notes a delivery, which is sent afterwards; the hook says what became of it."""
    noted = hooks.test(platform, owner, hook_id)
    later.add_task(hook_delivery.deliver, platform)
    return noted
