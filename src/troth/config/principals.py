"""``[principals]`` and ``[session]``: who may call, and how a credential is got and renewed."""

from typing import Any, Literal

from pydantic import Field

from troth.config.asks import GivenSection
from troth.config.section import Section


class ApiKey(Section):
    """An API key: put into one header, query parameter or cookie.

    One place is named, or none where the document has one only.
    """

    value: str = Field(repr=False, description="The key, as `${ENV}`.")
    header: str | None = Field(default=None, description="Name of the header that carries it.")
    query: str | None = Field(
        default=None, description="Name of the query parameter that carries it."
    )
    cookie: str | None = Field(default=None, description="Name of the cookie that carries it.")


class PrincipalSection(Section):
    """One identity: one of `token`, `basic`, `api-key` and `login`, or credential `headers` alone.

    Secrets come from the environment only: as `${ENV}`.
    """

    token: str | None = Field(default=None, repr=False, description="Bearer token, as `${ENV}`.")
    basic: str | None = Field(
        default=None,
        repr=False,
        description="`user:password` for HTTP Basic, the password as `${ENV}`.",
    )
    api_key: ApiKey | None = Field(default=None, description="An API key and its place.")
    login: dict[str, Any] | None = Field(
        default=None, repr=False, description="Body of the login request; its secret as `${ENV}`."
    )
    headers: dict[str, str] = Field(
        default_factory=dict, repr=False, description="Sent with every request."
    )
    tenant: str | None = Field(default=None, description="The tenant it belongs to.")
    role: str | None = Field(default=None, description="Its role there.")


class LoginStep(Section):
    """The operation that turns a principal's `login` body into a token."""

    operation: str = Field(description="Its operationId or `METHOD /path`.")
    token: str = Field(
        default="$response.body#/access_token",
        description="Expression for the token in its response.",
    )
    refresh: str | None = Field(default=None, description="Expression for the refresh token.")
    expires_in: str | None = Field(
        default=None, description="Expression for the lifetime in seconds."
    )
    header: str = Field(default="Authorization", description="Header that carries the token.")
    prefix: str = Field(default="Bearer ", description="What precedes the token in that header.")
    cookie: bool = Field(default=False, description="Whether the session lives in the cookies set.")


class RefreshStep(Section):
    """The operation that renews a token."""

    operation: str = Field(description="Its operationId or `METHOD /path`.")
    body: dict[str, Any] = Field(
        default_factory=lambda: {"refresh_token": "$refresh"},
        description="Request body; `$refresh` stands for the refresh token.",
    )
    token: str | None = Field(
        default=None, description="Expression for the token; default: as login's."
    )
    refresh: str | None = Field(
        default=None, description="Expression for the refresh token; default: as login's."
    )


class LogoutStep(Section):
    """The operation that ends a session; it is sent with the session's own token."""

    operation: str = Field(description="Its operationId or `METHOD /path`.")
    body: dict[str, Any] | None = Field(
        default=None,
        description="Request body; `$refresh` stands for the refresh token. Default: as refresh's, "
        "where it has a body.",
    )


class EndAllStep(Section):
    """The operation that ends all sessions of whoever sends it."""

    operation: str = Field(description="Its operationId or `METHOD /path`.")
    body: Any = Field(default=None, description="Request body, as TOML.")
    keeps: Literal["none", "current"] = Field(
        default="none", description="Whether the session that it is sent from lives on."
    )


class EndStep(Section):
    """The operation that ends one session of one's own, from another."""

    operation: str = Field(description="Its operationId or `METHOD /path`.")
    id: str = Field(
        default="$response.body#/session_id",
        description="Expression for the session's id in the login's response; it is put into the "
        "last path parameter.",
    )


class PasswordStep(Section):
    """The operation that changes a password; its body stands in `[operations]`."""

    operation: str = Field(description="Its operationId or `METHOD /path`.")
    login: dict[str, str] = Field(
        description="Members of the login's body that are others from then on: expressions for "
        "them in that exchange, such as `$request.body#/new_password`."
    )
    keeps: Literal["none", "current", "all"] = Field(
        default="current", description="Which sessions live on."
    )


class ThrowawayStep(Section):
    """Somebody who may lose every session: made for each example."""

    login: dict[str, Any] = Field(
        repr=False,
        description="Body of the login request, taken from the answer that made them: "
        "`$producer.<operation>.body#/pointer`.",
    )
    given: dict[str, GivenSection] = Field(
        default_factory=dict, description="How the operations are called that make them."
    )


class SessionSection(Section):
    """How a principal gets, renews and loses its credential."""

    login: LoginStep | None = Field(
        default=None,
        description="How a token is got; by default, the operation of the document that takes "
        "what a principal's `login` has and is called like one.",
    )
    refresh: RefreshStep | None = Field(default=None, description="How it is renewed.")
    logout: LogoutStep | None = Field(default=None, description="How it is given up.")
    logout_all: EndAllStep | None = Field(default=None, description="How all are given up.")
    end: EndStep | None = Field(default=None, description="How one of several is ended.")
    password: PasswordStep | None = Field(default=None, description="How a password is changed.")
    throwaway: ThrowawayStep | None = Field(
        default=None, description="Somebody whose sessions may all be ended, made for each example."
    )
    lower: ThrowawayStep | None = Field(
        default=None,
        description="Somebody of a lower role beside the throwaway, made in the same go: takes "
        "values from the same answers.",
    )
    probe: str | None = Field(
        default=None,
        description="Operation that shows whether an access token is good; by default found.",
    )
    revocation: Literal["immediate", "expiry"] | None = Field(
        default=None,
        description="Whether access tokens die with their session at once; by default not asked.",
    )
    rotation: bool | None = Field(
        default=None,
        description="Whether a refresh token is good for once; by default learnt.",
    )
    reuse_kills_family: bool = Field(
        default=False,
        description="Whether the second use of a refresh token ends its session.",
    )
    signing_key: str | None = Field(
        default=None,
        repr=False,
        description="The key that a service under test signs its tokens with, as `${ENV}`: a "
        "secret, or a private key in PEM. With it claims are forged; never one of production.",
    )
    jwks: str | None = Field(default=None, description="Path of the published keys (RFC 7517).")
