"""What was searched for stands in a header of the answer, in one line: no fault."""

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.search_begins_a_header import Told


def plant(app: FastAPI) -> None:
    """A search."""
    app.add_middleware(Told, split=False)


DEFECT = Defect(
    caught_by=(),
    lookalike_of="search_begins_a_header",
    operations=("searchConversations",),
    plant=plant,
)
