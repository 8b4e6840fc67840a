"""Sends schemathesis's coverage cases, and collects what either of two judges objects to."""

import json
from collections import Counter
from typing import Any

import httpx
import schemathesis
from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse
from schemathesis import GenerationMode
from schemathesis.errors import FailureGroup

from tests.reference.live import Live

_STATE = ["2xx", "3xx", "401", "403", "404", "409", "412", "429"]
_CONFIG = {"checks": {"positive_data_acceptance": {"expected-statuses": _STATE}}}
# They send requests of their own, without our credentials.
_OPINIONS = 3  # openapi-core is slow: a few answers of each operation and status
_EXCLUDED = ["ignored_auth", "object_level_authorization"]


class Judge:
    """One pass over the operations of a live service."""

    def __init__(self, live: Live) -> None:
        self.live = live
        self.document = live.client.get("/openapi.json").json()
        self.schema = schemathesis.openapi.from_dict(
            self.document, config=schemathesis.Config.from_dict(_CONFIG)
        )
        self.schema.config.update(base_url=live.url)
        self.second = OpenAPI.from_dict(
            {**self.document, "servers": [{"url": live.url}]},
            config=Config(
                extra_media_type_deserializers={"application/problem+json": json.loads},
                additional_properties_default_policy="forbid",
                response_properties_default_policy="required",
            ),
        )
        self.excluded = [schemathesis.checks.CHECKS.get_one(name) for name in _EXCLUDED]
        self.statuses: Counter[tuple[str, int]] = Counter()
        self.objections: dict[str, str] = {}
        self.things: dict[str, str] = {}

    def run(self, *, most: int | None = None, who: str = "alice") -> None:
        """Send up to `most` cases of each operation, positive and negative."""
        for found in self.schema.get_all_operations():
            operation = found.ok()
            cases = self.schema.iter_coverage_cases(
                operation,
                generation_modes=list(GenerationMode),
                generation_config=self.schema.config.generation_for(
                    operation=operation, phase="coverage"
                ),
            )
            for number, case in enumerate(cases):
                if most is not None and number >= most:
                    break
                self.send(operation, case, who)

    def send(self, operation: Any, case: Any, who: str) -> httpx.Response:
        """Send one case, and have both judges look at the answer."""
        self._point_at_something(case, who)
        kwargs = case.as_transport_kwargs()
        kwargs.pop("cookies", None)
        if isinstance(kwargs.get("data"), bytes | str):
            kwargs["content"] = kwargs.pop("data")
        headers = dict(kwargs.pop("headers", None) or {})
        declared = operation.definition.raw
        what = case.meta.phase.data.description if case.meta else ""
        headers.pop("Authorization", None)
        if declared["security"] and "Missing `Authorization`" not in what:
            headers |= self.live.auth(who)
        answer = self.live.client.request(headers=headers, **kwargs)
        if declared["operationId"] in ("endAllSessions", "endSession", "endOwnSession"):
            self.live.tokens.pop(who, None)
        self.statuses[declared["operationId"], answer.status_code] += 1
        note = f"{kwargs['method']} {kwargs['url']} {kwargs.get('params')} -> {answer.status_code}"
        try:
            case.validate_response(answer, excluded_checks=self.excluded)
        except FailureGroup as group:
            for each in group.exceptions:
                body = str(kwargs.get("json", kwargs.get("content")))[:300]
                key = f"{declared['operationId']}: {type(each).__name__}: {what}"
                self.objections.setdefault(key, f"{note}\n{each}\n{body}"[:1500])
        seen = self.statuses[declared["operationId"], answer.status_code]
        if answer.status_code not in (404, 405) and seen <= _OPINIONS:
            self._second_opinion(operation, answer, note)
        return answer

    def _point_at_something(self, case: Any, who: str) -> None:
        """Where path parameters are not what is being tried, let them name something real."""
        parts = case.meta.components if case.meta else {}
        negative = any(
            "path" in str(where).lower() and part.mode.is_negative for where, part in parts.items()
        )
        path = case.path_parameters or {}
        if negative:
            return
        if case.method == "DELETE":
            self.things.clear()
        if not self.things.keys() >= path.keys():
            self._make(who)
        path.update({name: self.things[name] for name in path})

    def _make(self, who: str) -> None:
        talk = self.live.talk(who)
        said = {"role": "user", "content": "x"}
        where = f"/api/v1/conversations/{talk}/messages"
        person = {
            "email": f"u{sum(self.statuses.values())}@acme.test",
            "display_name": "U",
            "role": "member",
            "password": "long enough, is it",
        }
        self.things = {
            "conversation_id": talk,
            "message_id": self.live.call(who, "POST", where, json=said).json()["id"],
            "user_id": self.live.call(who, "POST", "/api/v1/users", json=person).json()["id"],
            "session_id": self.live.login(who)["session_id"],
        }

    def _second_opinion(self, operation: Any, answer: httpx.Response, note: str) -> None:
        request = MockRequest(
            self.live.url, operation.method, operation.path, path_pattern=operation.path
        )
        response = MockResponse(
            data=answer.content,
            status_code=answer.status_code,
            headers=dict(answer.headers),
            content_type=answer.headers.get("content-type", ""),
        )
        try:
            self.second.validate_response(request, response)
        except OpenAPIError as error:
            key = f"{operation.label}: openapi-core {type(error).__name__} {answer.status_code}"
            self.objections.setdefault(key, f"{note}\n{error!r} {error.__cause__!r}"[:1500])
