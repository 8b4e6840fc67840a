"""A 422 has the request's body in it, password and all.

What frameworks do by default: pydantic's ``input``, Express's ``err.body``. It goes into the logs
of the front end and of all that lies between (CWE-209).
"""

import json
from typing import cast

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import Response

from troth.defects.defect import Defect
from troth.reference.problems import ProblemError, render
from troth.reference.refusals import field_error
from troth.reference.trace import trace_of


def _validation(request: Request, exc: Exception) -> Response:
    refused = cast("RequestValidationError", exc)
    errors = [field_error(each) for each in refused.errors()[:50]]
    problem = ProblemError(422, f"This is not valid: {json.dumps(refused.body)}", errors=errors)
    return render(problem, trace_of(request.scope).correlation_id)


def plant(app: FastAPI) -> None:
    """Every 422."""
    app.add_exception_handler(RequestValidationError, _validation)


DEFECT = Defect(caught_by=("SEC343",), operations=("createToken",), plant=plant)
