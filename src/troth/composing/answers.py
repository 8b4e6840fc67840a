"""Says whether an answer is a success, by its status and by its words, and why it is none."""

from collections.abc import Mapping
from typing import Final

from troth.composing.hints import taken
from troth.composing.pace import pause
from troth.exchange import Breakage, Exchange
from troth.spec.operation import Operation, Scheme

TOO_OFTEN: Final = 429
CONFLICT: Final = 409
DECLINED: Final = frozenset({"fail", "failed", "failure", "error"})
"""What services write beside a 200 that is none (JSend, and those who never heard of it)."""
UNFIT: Final = frozenset({400, 409, 413, 415, 422})
"""What is answered to a request for what it says, and not for who sends it."""
_WORDS: Final = frozenset(
    """
    status success ok error errors message messages msg detail details reason title description
    code errorcode statuscode type timestamp path data result payload
    """.split()  # noqa: SIM905 - read as a list
)
"""Members of an answer that says how it went, and shows nothing that was made."""


def served(operation: Operation, exchange: Exchange) -> bool:
    """Whether the answer is a success: 2xx, or a 3xx that the document names."""
    status = exchange.status
    documented = {str(status), f"{status // 100}XX", f"{status // 100}xx"}
    return exchange.ok or (300 <= status < 400 and bool(documented & set(operation.responses)))


def declined(exchange: Exchange) -> bool:
    """Whether a success says in its body that it is none, as `{"status": "fail"}` does."""
    try:
        body = exchange.response.json() if exchange.response is not None else None
    except (ValueError, RecursionError):
        return False
    if not isinstance(body, dict):
        return False
    if not {each.lower().replace("_", "") for each in body} <= _WORDS:
        return False
    said = str(body.get("status", "")).lower() in DECLINED
    wrong = [body.get(each) for each in ("error", "errors")]
    told = any(isinstance(each, str | dict | list) and each for each in wrong)
    return said or body.get("success") is False or body.get("ok") is False or told


def came_through(operation: Operation, exchange: Exchange) -> bool:
    """Whether it was served, and does not say in its body that it was not."""
    return served(operation, exchange) and not declined(exchange)


def conflicting(exchange: Exchange) -> bool:
    """Whether an answer speaks of something that exists: many services answer 400 to that."""
    conflict = exchange.status == CONFLICT or (exchange.ok and declined(exchange))
    return conflict or (400 <= exchange.status < 500 and taken(exchange))


def refusal(operation: Operation, exchange: Exchange, schemes: Mapping[str, Scheme]) -> str:
    """Why an exchange did not succeed, for people: status, principal and what may help."""
    if exchange.response is None:
        why = "in time" if exchange.breakage is Breakage.TIMEOUT else f"({exchange.breakage})"
        return f"no answer {why}"
    status, who = exchange.status, exchange.principal
    if exchange.ok:
        return (
            f"{status} for `{who}`, with a body that says that it failed; "
            f'[operations."{operation.label}"] can name values it accepts'
        )
    if status in {401, 403}:
        names = sorted({name for way in operation.security for name in way})
        needed = ", ".join(str(schemes.get(name, name)) for name in names)
        needed = f" (the document wants {needed})" if needed else ""
        if who == "anonymous":
            return f"{status} for anonymous: name a credential in [principals]{needed}"
        return (
            f"{status} for principal `{who}`: check its credential in [principals]{needed}, or "
            "name another one for this operation in [operations]"
        )
    if status == TOO_OFTEN:
        return (
            f"429 for `{who}`: it limits how often it is asked, and says to come again in "
            f"{pause(exchange):g} s; raise its limits for the run"
        )
    return f'{status} for `{who}`; [operations."{operation.label}"] can name values it accepts'
