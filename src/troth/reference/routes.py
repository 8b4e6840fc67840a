"""How an operation is declared: what it may be asked by whom, beside the function that does it."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from troth.reference import strict_query
from troth.reference.domain.access import Access, admit
from troth.reference.platform import Platform
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
    counted: tuple[int, ...] = ()
    also: Mapping[int, str] = field(default_factory=dict)


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
        parameters = strict_query.declared([self.dependant])
        takes_body = self.body_field is not None

        async def run(plain: Request) -> Response:
            request = StrictRequest(plain.scope, plain.receive)
            platform = cast("Platform", plain.app.state.platform)
            request.max_body = platform.settings.max_body
            if access != "public":
                credentials = request.headers.getlist("authorization")
                request.state.caller = await run_in_threadpool(
                    admit, platform, trace_of(plain.scope), credentials, access
                )
            if takes_body:
                request.require_json()
            if parameters:
                strict_query.check(request.scope["query_string"], parameters)
            return await serve(request)

        return run


class Routes(APIRouter):
    """The operations of one domain."""

    def __init__(self, prefix: str, tag: str) -> None:
        super().__init__(prefix=prefix, tags=[tag], route_class=StrictRoute)

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
        counted: tuple[int, ...] = (),
        also: Mapping[int, str] | None = None,
        response_class: type[Response] | None = None,
        documented: Mapping[int | str, dict[str, Any]] | None = None,
    ) -> Callable[[Endpoint], Endpoint]:
        """Declare one operation; `name` is its operationId, `links` maps others' to parameters."""
        contract = Contract(access, errors or {}, headers, links or {}, counted, also or {})
        extra: dict[str, Any] = {"response_class": response_class} if response_class else {}

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
                **extra,
            )
            return endpoint

        return declare
