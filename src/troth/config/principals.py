"""``[principals]`` and ``[session]``: who may call, and how a credential is got and renewed."""

from typing import Any

from pydantic import Field

from troth.config.section import Section


class ApiKey(Section):
    """An API key: put into one header, query parameter or cookie. Exactly one place is named."""

    value: str
    header: str | None = None
    query: str | None = None
    cookie: str | None = None


class PrincipalSection(Section):
    """One identity. Exactly one of ``token``, ``basic``, ``api-key`` and ``login`` is given."""

    token: str | None = Field(None, description="Bearer token, as `${ENV}`.")
    basic: str | None = Field(None, description="`user:password` for HTTP Basic, as `${ENV}`.")
    api_key: ApiKey | None = None
    login: dict[str, Any] | None = Field(None, description="Body of the login request.")
    headers: dict[str, str] = Field(default_factory=dict, description="Sent with every request.")
    tenant: str | None = None
    role: str | None = None


class LoginStep(Section):
    """The operation that turns a principal's ``login`` body into a token."""

    operation: str
    token: str = "$response.body#/access_token"
    refresh: str | None = None
    expires_in: str | None = Field(None, description="Expression for the lifetime in seconds.")
    header: str = Field("Authorization", description="Header that carries the token.")
    prefix: str = Field("Bearer ", description="What precedes the token in that header.")
    cookie: bool = Field(False, description="Whether the session lives in the cookies set.")


class RefreshStep(Section):
    """The operation that renews a token."""

    operation: str
    body: dict[str, Any] = Field(
        default_factory=lambda: {"refresh_token": "$refresh"},
        description="Request body; `$refresh` stands for the refresh token.",
    )
    token: str | None = None
    refresh: str | None = None


class LogoutStep(Section):
    """The operation that ends a session."""

    operation: str


class SessionSection(Section):
    """How a principal gets, renews and loses its credential."""

    login: LoginStep | None = None
    refresh: RefreshStep | None = None
    logout: LogoutStep | None = None
    jwks: str | None = None
