"""How an operation is declared: what it may be asked by whom, beside the function that does it."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from troth.reference import strict_query
from troth.reference.domain import origins
from troth.reference.domain.access import Access, admit
from troth.reference.domain.scopes import Scope
from troth.reference.platform import Platform
from troth.reference.schemas.streams import BREAK, StreamBroken
from troth.reference.strict_json import StrictRequest
from troth.reference.trace import trace_of

_ATTRIBUTE = "__troth_contract__"
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


@dataclass(frozen=True)
class Contract:
    """What an operation promises beyond its parameters and bodies."""

    access: Access
    errors: Mapping[int, str] = field(default_factory=dict)
    headers: tuple[str, ...] = ()
    links: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    """Ids in the answer: the path template that each completes, and the pointer to it."""
    counted: tuple[int, ...] = ()
    also: Mapping[int, str] = field(default_factory=dict)
    scope: Scope | None = None
    events: Mapping[str, Any] = field(default_factory=dict)
    """Of an event stream: the model of each type's data, or the exact text."""
    order: str = ""
    """In which order the types come, as a regular expression over them.

    A stream that breaks off does so anywhere in it, with a `stream.error`.
    """
    needs_database: bool = True
    accepts: str = "application/json"
    """The media type of the request body, where there is one."""


def contract_of(endpoint: object) -> Contract | None:
    """The contract that an endpoint was declared with."""
    return cast("Contract | None", getattr(endpoint, _ATTRIBUTE, None))


class StrictRoute(APIRoute):
    """Admits the caller, then reads the request strictly, then serves."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The served function."""
        serve = super().get_route_handler()
        contract = contract_of(self.endpoint)
        access: Access = contract.access if contract else "public"
        scope = contract.scope if contract else None
        parameters = strict_query.declared([self.dependant])
        takes_body = self.body_field is not None

        async def run(plain: Request) -> Response:
            request = StrictRequest(plain.scope, plain.receive)
            platform = cast("Platform", plain.app.state.platform)
            request.max_body = platform.settings.max_body
            if access != "public":
                request.state.caller = await run_in_threadpool(
                    admit, platform, trace_of(plain.scope), request.headers, access, scope
                )
            if contract and contract.events:
                await origins.check(plain)
            if takes_body:
                request.require_json()
            if parameters:
                strict_query.check(request.scope["query_string"], parameters)
            return await serve(request)

        return run


class Routes(APIRouter):
    """The operations of one domain; `about` says in the document what its tag means."""

    def __init__(self, prefix: str, tag: str, about: str = "") -> None:
        super().__init__(prefix=prefix, tags=[tag], route_class=StrictRoute)
        self.tag = tag
        self.about = about

    def operation(
        self,
        method: str,
        path: str,
        name: str,
        summary: str,
        *,
        access: Access,
        status: int = 200,
        errors: Mapping[int, str] | None = None,
        headers: tuple[str, ...] = (),
        links: Mapping[str, Mapping[str, str]] | None = None,
        ids: Mapping[str, str] | None = None,
        counted: tuple[int, ...] = (),
        also: Mapping[int, str] | None = None,
        response_class: type[Response] | None = None,
        documented: Mapping[int | str, dict[str, Any]] | None = None,
        scope: Scope | None = None,
        events: Mapping[str, Any] | None = None,
        order: str = "",
        needs_database: bool = True,
        accepts: str = "application/json",
        extra: dict[str, Any] | None = None,
        answers: type[BaseModel] | None = None,
    ) -> Callable[[Endpoint], Endpoint]:
        """Declare one operation; `name` is its operationId, `links` maps others' to parameters.

        `ids` links all operations below path templates, by the pointers to what completes them.

        `events` makes it an event stream, which is for our own pages only; `accepts` other than
        JSON leaves the body to the endpoint, which reads it from the request; `extra` goes into the
        document as it is; `answers` is the success's model, where the endpoint's annotation does
        not say it, and `documented` has the models of further ones.
        """
        contract = Contract(
            access,
            {**(origins.ERRORS if events else {}), **(errors or {})},
            headers,
            links or {},
            ids or {},
            counted,
            also or {},
            scope,
            {**events, BREAK: StreamBroken} if events else {},
            order,
            needs_database,
            accepts,
        )
        if events is not None:
            response_class = StreamingResponse
        chosen: dict[str, Any] = {"response_class": response_class} if response_class else {}
        if answers is not None:
            chosen["response_model"] = answers

        def declare(endpoint: Endpoint) -> Endpoint:
            setattr(endpoint, _ATTRIBUTE, contract)
            self.add_api_route(
                path,
                endpoint,
                methods=[method],
                operation_id=name,
                summary=summary,
                status_code=status,
                responses=dict(documented or {}),
                openapi_extra=extra,
                **chosen,
            )
            return endpoint

        return declare
