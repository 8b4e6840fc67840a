"""One WebSocket connection: frames in, a turn's events out, one turn at a time."""

import logging
from contextlib import aclosing, suppress
from dataclasses import dataclass

import anyio
from anyio.abc import TaskGroup
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from troth.reference.domain import agent_sessions
from troth.reference.domain.access import Holder, admit
from troth.reference.domain.agent_runs import run
from troth.reference.domain.agent_turn_rows import Wanted
from troth.reference.domain.agent_turns import Turns
from troth.reference.logs import log
from troth.reference.platform import Platform
from troth.reference.problems import DETAILS, FieldError, ProblemError
from troth.reference.refusals import field_error
from troth.reference.schemas import agent_frames as frames
from troth.reference.schemas.agent_sessions import Ask
from troth.reference.strict_json import parse
from troth.reference.trace import trace_of
from troth.reference.unreachable import UNREACHABLE

MOST_REFUSED = 20
"""So many refused frames in a row, and the connection is closed."""
_CODES: dict[int, frames.FrameFault] = {
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    409: "conflict",
    429: "rate_limited",
    503: "unavailable",
}
_CLOSING = {401: 4401, 404: 4404}
_BUSY = "A turn is running on this connection."


@dataclass
class Talk:
    """One connection of one holder of a key."""

    socket: WebSocket
    platform: Platform
    owner: Holder
    turns: Turns
    busy: bool = False
    refused: int = 0

    async def serve(self) -> None:
        """Until either side closes; a turn that runs then is interrupted."""
        async with anyio.create_task_group() as group:
            with suppress(WebSocketDisconnect):
                await self._listen(group)
            group.cancel_scope.cancel()

    async def _listen(self, group: TaskGroup) -> None:
        while True:
            message = await self.socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            text = message.get("text")
            if text is None:
                await self._close(1003)
                continue
            frame = await self._read(text)
            if frame is not None:
                try:
                    await self._take(frame, group)
                except ProblemError as problem:
                    await self._refuse(problem)

    async def _read(self, text: str) -> frames.Frame | None:
        try:
            frame = frames.READER.validate_python(parse(text.encode()))
        except ProblemError:
            await self._invalid(DETAILS[400], [])
        except ValidationError as error:
            faults = error.errors(include_input=False, include_url=False)[:20]
            named = [field_error({**each, "loc": ("body", *each["loc"])}) for each in faults]
            await self._invalid(DETAILS[422], named)
        else:
            self.refused = 0
            return frame
        return None

    async def _take(self, frame: frames.Frame, group: TaskGroup) -> None:
        if isinstance(frame, frames.PingFrame):
            await self._tell("pong", frames.Pong())
            return
        # The key may have been revoked since, and each frame counts as a request.
        trace, headers = trace_of(self.socket.scope), self.socket.headers
        try:
            await run_in_threadpool(admit, self.platform, trace, headers, "keys", None)
            if isinstance(frame, frames.InterruptFrame):
                done = await run_in_threadpool(
                    agent_sessions.interrupt, self.platform, self.owner, frame.session_id
                )
                await self._tell("interrupted", done)
                return
        except UNREACHABLE:
            raise ProblemError(503) from None
        if self.busy:
            raise ProblemError(409, _BUSY)
        self.busy = True
        group.start_soon(self._run, _wanted(frame))

    async def _run(self, wanted: Wanted) -> None:
        try:
            async with aclosing(run(self.platform, self.owner, wanted, self.turns)) as source:
                async for each in source:
                    # Whoever hears `done` may ask at once.
                    self.busy = self.busy and each.type != "done"
                    await self._tell(each.type, each.data)
        except ProblemError as problem:
            self.busy = False
            await self._refuse(problem)
        except UNREACHABLE:
            self.busy = False
            await self._refuse(ProblemError(503))
        except WebSocketDisconnect:
            return  # the listener hears of it too
        except Exception as error:  # noqa: BLE001 - said in the log, and to the client by the code
            log(logging.ERROR, "unhandled", exc_info=error)
            await self._close(1011)

    async def _tell(self, kind: str, data: BaseModel) -> None:
        if self.socket.application_state is not WebSocketState.CONNECTED:
            raise WebSocketDisconnect
        await self.socket.send_text(f'{{"type":"{kind}","data":{data.model_dump_json()}}}')

    async def _invalid(self, detail: str, errors: list[FieldError]) -> None:
        told = frames.FrameRefused(code="invalid_frame", detail=detail, errors=errors)
        await self._tell("error", told)
        self.refused += 1
        if self.refused >= MOST_REFUSED:
            await self._close(1008)

    async def _refuse(self, problem: ProblemError) -> None:
        code = _CODES.get(problem.status, "internal")
        told = frames.FrameRefused(code=code, detail=problem.detail, errors=[])
        with suppress(WebSocketDisconnect):
            await self._tell("error", told)
        if problem.status in _CLOSING:
            await self._close(_CLOSING[problem.status])

    async def _close(self, code: int) -> None:
        # The listener then hears that the connection has ended.
        if self.socket.application_state is WebSocketState.CONNECTED:
            with suppress(WebSocketDisconnect):
                await self.socket.close(code, frames.CLOSES[code])


def _wanted(frame: frames.QueryFrame | frames.ResumeFrame | frames.AnswerFrame) -> Wanted:
    if isinstance(frame, frames.QueryFrame):
        return Wanted("query", frame)
    if isinstance(frame, frames.ResumeFrame):
        return Wanted("resume", frame, frame.session_id)
    return Wanted("answer", Ask(prompt=frame.answer), frame.session_id)
