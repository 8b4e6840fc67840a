"""A service that one write breaks for good: afterwards a list crashes, whatever is asked of it."""

from typing import Annotated

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field


class Note(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, Field(max_length=40)]


def service(*, brittle: bool) -> FastAPI:
    """With ``brittle`` an empty note is taken, and can not be listed."""
    app = FastAPI(title="Notes", version="1")
    notes = [Note(text="milk")]

    @app.post("/notes", status_code=201)
    def add_note(note: Note) -> Note:
        notes.append(note)
        return note

    @app.get("/notes")
    def list_notes() -> list[Note]:
        if brittle and any(not each.text for each in notes):
            raise ValueError("a note without a first letter")
        return notes[-5:]

    return app


clean = service(brittle=False)
broken = service(brittle=True)
