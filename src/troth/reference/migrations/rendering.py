"""How a revision is written and compared: for both databases, and apart from the living code."""

from typing import Any, Literal

from alembic.autogenerate.api import AutogenContext
from sqlalchemy.types import TypeDecorator


def render(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """What a type of ours is kept as: a revision must mean the same when that type has changed."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


# SQLite alters a table by copying it (`batch`); of PostgreSQL the same words are plain ALTERs.
OPTIONS: dict[str, Any] = {
    "render_item": render,
    "render_as_batch": True,
    "compare_type": True,
    "compare_server_default": True,
}
