"""Whose certificates a target may show, and the socket of this machine where it may listen."""

import socket
import ssl
from pathlib import Path

from troth.errors import UsageError


def trusted(verify: bool | str) -> ssl.SSLContext | None:  # noqa: FBT001 - as the target file says it
    """TLS as ``[target] verify`` wants it; None is this machine's own trust.

    ``verify`` is false for any certificate, or a file of certificates in PEM. Raises UsageError.
    """
    if verify is True:
        return None
    if verify is False:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context
    try:
        return ssl.create_default_context(cafile=Path(verify).expanduser())
    except OSError as error:  # SSLError is one
        tls = isinstance(error, ssl.SSLError)
        reason = "it holds no certificate in PEM" if tls else error.strerror
        raise UsageError(
            f"[target] verify: `{verify}` can not be used: {reason}; name a file of certificates "
            "in PEM, or write `false`"
        ) from error


def offering(verify: bool | str) -> ssl.SSLContext:  # noqa: FBT001 - as the target file says it
    """TLS that offers HTTP/2, and HTTP/1.1 to whom does not speak it; trust as `trusted` has it.

    A context of its own: WebSockets offer HTTP/1.1 alone. Raises UsageError.
    """
    context = trusted(verify) or ssl.create_default_context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context


def unix_socket(path: str, timeout: float) -> socket.socket:
    """A connection to a socket of this machine, at most ``timeout`` s. Raises OSError."""
    found = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        found.settimeout(timeout)
        found.connect(path)
    except OSError:
        found.close()
        raise
    return found
