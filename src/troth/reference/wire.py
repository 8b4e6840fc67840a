"""HTTP/1.1 below the application: a request that cannot be parsed gets the same envelope."""

from uuid import uuid4

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from troth.reference.problems import MEDIA_TYPE, ProblemError, body_of


class Http(H11Protocol):
    """uvicorn's protocol, but for its plain-text 400."""

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's words
        """Answer with a problem, and close: what follows on this connection has no meaning."""
        correlation_id = uuid4().hex
        body = body_of(ProblemError(400, "The request is not valid HTTP."), correlation_id)
        headers = [
            (b"content-type", MEDIA_TYPE.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"x-correlation-id", correlation_id.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"connection", b"close"),
        ]
        events: tuple[h11.Event, ...] = (
            h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
            h11.Data(data=body),
            h11.EndOfMessage(),
        )
        for event in events:
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
