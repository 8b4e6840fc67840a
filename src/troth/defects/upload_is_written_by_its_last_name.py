"""An uploaded file is written by the last part of its name, in a folder that is served: no fault.

So everything that is uploaded is, whatever it is called.
"""

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.upload_is_written_where_its_name_leads import Keeping


def plant(app: FastAPI) -> None:
    """Texts that are put into a vector store."""
    app.add_middleware(Keeping, plain=True, kept="uploads", served="/uploads/")


DEFECT = Defect(
    caught_by=(),
    lookalike_of="upload_is_written_where_its_name_leads",
    operations=("uploadVectorFile",),
    plant=plant,
)
