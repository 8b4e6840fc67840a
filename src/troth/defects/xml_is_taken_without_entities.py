"""XML is taken beside JSON, by a parser that resolves nothing from elsewhere: no fault."""

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.xml_names_entities_from_elsewhere import Reading


def plant(app: FastAPI) -> None:
    """A new conversation."""
    app.add_middleware(Reading, elsewhere=False)


DEFECT = Defect(
    caught_by=(),
    lookalike_of="xml_names_entities_from_elsewhere",
    operations=("createConversation",),
    plant=plant,
)
