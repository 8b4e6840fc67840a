"""Stored objects, assets, vector stores and containers."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From the revision before."""
    op.create_table(
        "containers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("provider_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("memory_limit", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_containers_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_containers")),
    )
    op.create_index(
        "containers_in_order", "containers", ["tenant_id", "created_at", "id"], unique=False
    )
    op.create_table(
        "stored_objects",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("agent_key", sa.String(length=40), nullable=True),
        sa.Column("conversation_id", sa.String(length=36), nullable=True),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("content_type", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("announced", sa.String(length=64), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("stored_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_stored_objects_tenant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_objects")),
    )
    op.create_index(
        "stored_objects_in_order", "stored_objects", ["tenant_id", "created_at", "id"], unique=False
    )
    op.create_table(
        "vector_stores",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_vector_stores_tenant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vector_stores")),
    )
    op.create_index(
        "vector_stores_in_order", "vector_stores", ["tenant_id", "created_at", "id"], unique=False
    )
    op.create_table(
        "assets",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("object_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content_type", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["object_id"],
            ["stored_objects.id"],
            name=op.f("fk_assets_object_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_assets_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assets")),
    )
    op.create_index("assets_in_order", "assets", ["tenant_id", "created_at", "id"], unique=False)
    op.create_index(op.f("ix_assets_object_id"), "assets", ["object_id"], unique=False)
    op.create_table(
        "container_bindings",
        sa.Column("tenant_id", sa.String(length=36), nullable=False),
        sa.Column("agent_key", sa.String(length=40), nullable=False),
        sa.Column("container_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["container_id"],
            ["containers.id"],
            name=op.f("fk_container_bindings_container_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_container_bindings_tenant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "agent_key", name=op.f("pk_container_bindings")),
    )
    op.create_index(
        op.f("ix_container_bindings_container_id"),
        "container_bindings",
        ["container_id"],
        unique=False,
    )
    op.create_table(
        "vector_bindings",
        sa.Column("store_id", sa.String(length=36), nullable=False),
        sa.Column("agent_key", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["vector_stores.id"],
            name=op.f("fk_vector_bindings_store_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "agent_key", name=op.f("pk_vector_bindings")),
    )
    op.create_table(
        "vector_files",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("store_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("chunk_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["vector_stores.id"],
            name=op.f("fk_vector_files_store_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vector_files")),
    )
    op.create_index(
        "vector_files_in_order", "vector_files", ["store_id", "created_at", "id"], unique=False
    )
    op.create_table(
        "vector_chunks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("store_id", sa.String(length=36), nullable=False),
        sa.Column("file_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["vector_files.id"],
            name=op.f("fk_vector_chunks_file_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["vector_stores.id"],
            name=op.f("fk_vector_chunks_store_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vector_chunks")),
    )
    op.create_index(op.f("ix_vector_chunks_file_id"), "vector_chunks", ["file_id"], unique=False)
    op.create_index(op.f("ix_vector_chunks_store_id"), "vector_chunks", ["store_id"], unique=False)
    op.create_table(
        "vector_terms",
        sa.Column("chunk_id", sa.String(length=36), nullable=False),
        sa.Column("term", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=36), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chunk_id"],
            ["vector_chunks.id"],
            name=op.f("fk_vector_terms_chunk_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("chunk_id", "term", name=op.f("pk_vector_terms")),
    )
    op.create_index("vector_terms_of_store", "vector_terms", ["store_id", "term"], unique=False)


def downgrade() -> None:
    """Back to it."""
    op.drop_index("vector_terms_of_store", table_name="vector_terms")
    op.drop_table("vector_terms")
    op.drop_index(op.f("ix_vector_chunks_store_id"), table_name="vector_chunks")
    op.drop_index(op.f("ix_vector_chunks_file_id"), table_name="vector_chunks")
    op.drop_table("vector_chunks")
    op.drop_index("vector_files_in_order", table_name="vector_files")
    op.drop_table("vector_files")
    op.drop_table("vector_bindings")
    op.drop_index(op.f("ix_container_bindings_container_id"), table_name="container_bindings")
    op.drop_table("container_bindings")
    op.drop_index(op.f("ix_assets_object_id"), table_name="assets")
    op.drop_index("assets_in_order", table_name="assets")
    op.drop_table("assets")
    op.drop_index("vector_stores_in_order", table_name="vector_stores")
    op.drop_table("vector_stores")
    op.drop_index("stored_objects_in_order", table_name="stored_objects")
    op.drop_table("stored_objects")
    op.drop_index("containers_in_order", table_name="containers")
    op.drop_table("containers")
