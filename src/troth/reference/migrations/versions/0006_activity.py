"""Activity, the status page, contact, and mail that goes out."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From the revision before."""
    op.create_table(
        "contact_messages",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_messages")),
        sa.UniqueConstraint("digest", name=op.f("uq_contact_messages_digest")),
    )
    op.create_index(
        op.f("ix_contact_messages_created_at"), "contact_messages", ["created_at"], unique=False
    )
    op.create_table(
        "incidents",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("component", sa.String(length=32), nullable=False),
        sa.Column("severity", sa.String(length=16), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("resolved_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    op.create_index("incidents_in_order", "incidents", ["created_at", "id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(op.f("ix_outbox_recipient"), "outbox", ["recipient"], unique=False)
    op.create_table(
        "status_subscriptions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("token_expires_at", sa.BigInteger(), nullable=False),
        sa.Column("leave_digest", sa.String(length=64), nullable=True),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_subscriptions")),
        sa.UniqueConstraint("leave_digest", name=op.f("uq_status_subscriptions_leave_digest")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_status_subscriptions_token_digest")),
    )
    op.create_index(
        "status_subscriptions_in_order", "status_subscriptions", ["created_at", "id"], unique=False
    )
    op.create_table(
        "activity",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.String(length=36), nullable=True),
        sa.Column("subject_type", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.String(length=36), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_activity_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
    )
    op.create_index(
        "activity_in_order", "activity", ["tenant_id", "created_at", "id"], unique=False
    )
    op.create_table(
        "status_notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscription_id", sa.String(length=36), nullable=False),
        sa.Column("incident_id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incidents.id"],
            name=op.f("fk_status_notices_incident_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["status_subscriptions.id"],
            name=op.f("fk_status_notices_subscription_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_notices")),
    )
    op.create_index(
        op.f("ix_status_notices_incident_id"), "status_notices", ["incident_id"], unique=False
    )
    op.create_index(
        op.f("ix_status_notices_subscription_id"),
        "status_notices",
        ["subscription_id"],
        unique=False,
    )
    op.create_table(
        "activity_marks",
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("read_until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_activity_marks_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_activity_marks")),
    )
    op.create_table(
        "activity_receipts",
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("dismissed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["activity.id"],
            name=op.f("fk_activity_receipts_event_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_activity_receipts_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "event_id", name=op.f("pk_activity_receipts")),
    )
    op.create_index(
        op.f("ix_activity_receipts_event_id"), "activity_receipts", ["event_id"], unique=False
    )


def downgrade() -> None:
    """Back to it."""
    op.drop_index(op.f("ix_activity_receipts_event_id"), table_name="activity_receipts")
    op.drop_table("activity_receipts")
    op.drop_table("activity_marks")
    op.drop_index(op.f("ix_status_notices_subscription_id"), table_name="status_notices")
    op.drop_index(op.f("ix_status_notices_incident_id"), table_name="status_notices")
    op.drop_table("status_notices")
    op.drop_index("activity_in_order", table_name="activity")
    op.drop_table("activity")
    op.drop_index("status_subscriptions_in_order", table_name="status_subscriptions")
    op.drop_table("status_subscriptions")
    op.drop_index(op.f("ix_outbox_recipient"), table_name="outbox")
    op.drop_table("outbox")
    op.drop_index("incidents_in_order", table_name="incidents")
    op.drop_table("incidents")
    op.drop_index(op.f("ix_contact_messages_created_at"), table_name="contact_messages")
    op.drop_table("contact_messages")
