"""People made for one test, and what it needs to act as them."""

from typing import Annotated

from pydantic import Field

from troth.reference.fields import Id, Shown, Token


class Account(Shown):
    """Someone new, logged in: the owner of a new tenant with nobody else in it."""

    user_id: Id
    tenant_id: Id
    email: str
    password: str
    access_token: Token
    refresh_token: Token
    session_id: Id


class Enrolling(Shown):
    """Someone new, logged in, with an authenticator that waits for its first code."""

    user_id: Id
    access_token: Token
    method_id: Id
    secret: Annotated[str, Field(pattern="^[A-Z2-7]+$")]


class Challenged(Shown):
    """A login that waits for a code of the secret."""

    user_id: Id
    method_id: Id
    secret: Annotated[str, Field(pattern="^[A-Z2-7]+$")]
    challenge_token: Token
    expires_in: Annotated[int, Field(ge=1)]
