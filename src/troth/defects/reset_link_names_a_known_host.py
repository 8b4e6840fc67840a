"""The link to set a new password is made with the host that the request names, if it is known.

Anything else gets the service's own: no fault.
"""

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.reset_link_names_the_host_of_the_request import OWN, Linked


def plant(app: FastAPI) -> None:
    """The letter for who has forgotten a password."""
    app.add_middleware(Linked, trusted=(OWN,))


DEFECT = Defect(
    caught_by=(),
    lookalike_of="reset_link_names_the_host_of_the_request",
    operations=("forgotPassword",),
    plant=plant,
)
