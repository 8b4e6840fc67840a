"""What every exchange is held against for an adversary's sake, and what that needs to be known."""

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from troth.checks.disclosure import error_disclosure
from troth.checks.origin import Origins, cross_origin, preflight, unvaried
from troth.checks.response_headers import response_headers
from troth.checks.secrets import declared_secrets, response_secrets, sent_secrets, takes_secrets
from troth.exchange import Exchange
from troth.finding import Complaint
from troth.spec.operation import Operation

if TYPE_CHECKING:
    from troth.target import Target

OWNED: Final = frozenset({"SEC331", "SEC334", "SEC343", "SEC344", "SEC345"})
"""Properties whose findings are all complaints of checks: one exchange shows the fault."""
_MOST: Final = 400  # passwords that are remembered
_LONG: Final = 16  # characters of a credential that stands in no answer by chance


@dataclass
class Leaks:
    """Calls the checks, and remembers passwords and origins for them."""

    target: "Target"
    passwords: deque[str] = field(default_factory=lambda: deque(maxlen=_MOST))

    def __post_init__(self) -> None:
        target = self.target
        self.origins = Origins(target.base_url, target.file.target.origins, ambient=ambient(target))
        self._declared: dict[str, frozenset[str]] = {}
        session = target.file.session
        steps = [each.operation for each in (session.login, session.refresh) if each is not None]
        found = [target.spec.operation(each) for each in steps]
        self._issuers = {each.label for each in found if each is not None}

    def __call__(self, exchange: Exchange) -> tuple[Complaint, ...]:
        """Check an exchange, and learn from it."""
        self.origins.note(exchange)
        if exchange.ok:
            for each in self._sent(exchange):
                if each not in self.passwords:
                    self.passwords.append(each)
        return self._judged(exchange)

    def judged(self, exchange: Exchange) -> tuple[Complaint, ...]:
        """What is held against an exchange, by itself or beside an earlier one that a property
        shows along with it; nothing is remembered.
        """
        return self._judged(exchange) + unvaried(exchange, self.origins)

    def _judged(self, exchange: Exchange) -> tuple[Complaint, ...]:
        found = error_disclosure(exchange)
        if exchange.frames is None:
            operation = self.target.observer.known.get(exchange.operation or "")
            sent = self._sent(exchange)
            found += response_secrets(
                exchange, operation, self.target.spec, sent=sent, known=self.passwords
            )
            found += self._others(exchange)
            issues = exchange.operation in self._issuers
            found += response_headers(exchange, issues=issues)
        if exchange.request.header("origin") is not None:
            found += cross_origin(exchange, self.origins) + preflight(exchange, self.origins)
        return found

    def _sent(self, exchange: Exchange) -> set[str]:
        if not exchange.request.body:
            return set()
        operation = self.target.observer.known.get(exchange.operation or "")
        return sent_secrets(exchange.request.body, self.secret_members(operation))

    def takes_secrets(self, operation: Operation) -> bool:
        """Whether members of its body are secret, by their schema or by their name."""
        return takes_secrets(self.target.spec, operation)

    def secret_members(self, operation: Operation | None) -> frozenset[str]:
        """Members of its body that the document calls secret."""
        if operation is None:
            return frozenset()
        if operation.label not in self._declared:
            self._declared[operation.label] = declared_secrets(self.target.spec, operation)
        return self._declared[operation.label]

    def _others(self, exchange: Exchange) -> tuple[Complaint, ...]:
        """What somebody else is known by, in an answer."""
        response = exchange.response
        if response is None or not response.body:
            return ()
        body, request = response.body, exchange.request.body
        for name, principal in self.target.principals.items():
            if name == exchange.principal:
                continue
            for each in principal.secrets:
                secret = each.encode()
                # The body first: nearly always it settles the question.
                if len(each) < _LONG or secret not in body or secret in request:
                    continue
                if not self._own(exchange, each):
                    what = "the credential of another principal is shown"
                    return (Complaint("SEC343", what, f"{what}: that of `{name}`"),)
        return ()

    def _own(self, exchange: Exchange, secret: str) -> bool:
        """Whether whoever sent it has the same, or is being given it."""
        own = self.target.principals.get(exchange.principal)
        return exchange.operation in self._issuers or (own is not None and secret in own.secrets)


def ambient(target: "Target") -> bool:
    """Whether browsers put credentials on requests by themselves: cookies, HTTP authentication."""
    schemes = target.spec.schemes.values()
    if any(each.location == "cookie" or each.scheme in {"basic", "digest"} for each in schemes):
        return True
    login = target.file.session.login
    people = target.file.principals.values()
    return (login is not None and bool(login.cookie)) or any(
        each.basic is not None or (each.api_key is not None and each.api_key.cookie is not None)
        for each in people
    )
