"""What Alembic runs for each of its commands: on the connection, and so the transaction, given."""

from alembic import context

from troth.reference.migrations.rendering import OPTIONS
from troth.reference.storage.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    **OPTIONS,
)
with context.begin_transaction():
    context.run_migrations()
