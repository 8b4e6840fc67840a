"""How one logs in is read off the document."""

import pytest

from troth.config.principals import PrincipalSection
from troth.spec.entry import entered
from troth.spec.load import load

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}


def spec(**members):
    body = {"type": "object", "properties": {"username": TEXT, "password": TEXT}}
    answer = {"type": "object", "properties": members}
    login = {
        "requestBody": {"content": {"application/json": {"schema": body}}},
        "responses": {"200": {"description": "", "content": {"*/*": {"schema": answer}}}},
    }
    info = {"title": "t", "version": "1"}
    return load({"openapi": "3.0.1", "info": info, "paths": {"/auth/login": {"post": login}}})


@pytest.mark.parametrize("name", ["expires_in", "expiresIn"])
def test_a_login_that_says_how_long_its_token_lives(name):
    ann = PrincipalSection(login={"username": "ann", "password": "x"})
    step = entered(spec(accessToken=TEXT, refreshToken=TEXT, **{name: NUMBER}), {"ann": ann}, None)
    assert step is not None
    assert (step.operation, step.token) == ("POST /auth/login", "$response.body#/accessToken")
    assert step.refresh == "$response.body#/refreshToken"
    assert step.expires_in == f"$response.body#/{name}"
