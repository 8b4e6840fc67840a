"""The schema's history: one numbered file a revision in `versions`, each built on the one before.

What is here is cheap to import; Alembic itself is not, and is imported by `steps` alone.
"""

from pathlib import Path

HERE = Path(__file__).parent
VERSIONS = HERE / "versions"


def known() -> tuple[str, ...]:
    """The revisions that this version of the service knows, oldest first."""
    return tuple(sorted(path.name[:4] for path in VERSIONS.glob("[0-9]*.py")))


def head() -> str:
    """The revision that this version of the service works with."""
    return known()[-1]
