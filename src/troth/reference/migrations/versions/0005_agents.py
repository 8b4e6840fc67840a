"""Agent sessions with their hooks; operations and the workers that do them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From the revision before."""
    op.create_table(
        "workers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("heartbeat_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_workers_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    op.create_index("workers_in_order", "workers", ["tenant_id", "created_at", "id"], unique=False)
    op.create_table(
        "agent_hooks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key_id", sa.String(length=36), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_id"], ["api_keys.id"], name=op.f("fk_agent_hooks_key_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_hooks")),
    )
    op.create_index(
        "agent_hooks_in_order", "agent_hooks", ["key_id", "created_at", "id"], unique=False
    )
    op.create_table(
        "agent_sessions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key_id", sa.String(length=36), nullable=False),
        sa.Column("parent_id", sa.String(length=36), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("run", sa.String(length=36), nullable=True),
        sa.Column("model", sa.String(length=32), nullable=False),
        sa.Column("permission_mode", sa.String(length=16), nullable=False),
        sa.Column("max_turns", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("message_count", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_id"], ["api_keys.id"], name=op.f("fk_agent_sessions_key_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_sessions")),
    )
    op.create_index(
        "agent_sessions_in_order", "agent_sessions", ["key_id", "created_at", "id"], unique=False
    )
    op.create_table(
        "operations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("worker_id", sa.String(length=36), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("checkpoint_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_operations_tenant_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["workers.id"], name=op.f("fk_operations_worker_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operations")),
    )
    op.create_index(
        "operations_in_order", "operations", ["tenant_id", "created_at", "id"], unique=False
    )
    op.create_index("operations_of_worker", "operations", ["worker_id", "state"], unique=False)
    op.create_table(
        "agent_checkpoints",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("session_id", sa.String(length=36), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("message_count", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(length=32), nullable=False),
        sa.Column("permission_mode", sa.String(length=16), nullable=False),
        sa.Column("max_turns", sa.Integer(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["agent_sessions.id"],
            name=op.f("fk_agent_checkpoints_session_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_checkpoints")),
    )
    op.create_index(
        "agent_checkpoints_in_order",
        "agent_checkpoints",
        ["session_id", "created_at", "id"],
        unique=False,
    )
    op.create_table(
        "agent_deliveries",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("hook_id", sa.String(length=36), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("response_status", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hook_id"],
            ["agent_hooks.id"],
            name=op.f("fk_agent_deliveries_hook_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_deliveries")),
    )
    op.create_index(
        "agent_deliveries_in_order",
        "agent_deliveries",
        ["hook_id", "created_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_agent_deliveries_status"), "agent_deliveries", ["status"], unique=False
    )
    op.create_table(
        "agent_messages",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("session_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["agent_sessions.id"],
            name=op.f("fk_agent_messages_session_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_messages")),
        sa.UniqueConstraint("session_id", "position", name="agent_messages_in_order"),
    )
    op.create_table(
        "operation_checkpoints",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("operation_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operation_id"],
            ["operations.id"],
            name=op.f("fk_operation_checkpoints_operation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operation_checkpoints")),
        sa.UniqueConstraint(
            "operation_id", "number", name=op.f("uq_operation_checkpoints_operation_id_number")
        ),
    )
    op.create_index(
        "checkpoints_in_order",
        "operation_checkpoints",
        ["operation_id", "created_at", "id"],
        unique=False,
    )


def downgrade() -> None:
    """Back to it."""
    op.drop_index("checkpoints_in_order", table_name="operation_checkpoints")
    op.drop_table("operation_checkpoints")
    op.drop_table("agent_messages")
    op.drop_index(op.f("ix_agent_deliveries_status"), table_name="agent_deliveries")
    op.drop_index("agent_deliveries_in_order", table_name="agent_deliveries")
    op.drop_table("agent_deliveries")
    op.drop_index("agent_checkpoints_in_order", table_name="agent_checkpoints")
    op.drop_table("agent_checkpoints")
    op.drop_index("operations_of_worker", table_name="operations")
    op.drop_index("operations_in_order", table_name="operations")
    op.drop_table("operations")
    op.drop_index("agent_sessions_in_order", table_name="agent_sessions")
    op.drop_table("agent_sessions")
    op.drop_index("agent_hooks_in_order", table_name="agent_hooks")
    op.drop_table("agent_hooks")
    op.drop_index("workers_in_order", table_name="workers")
    op.drop_table("workers")
