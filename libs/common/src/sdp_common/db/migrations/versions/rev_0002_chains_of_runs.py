"""A run may name the work that follows it.

Revision: 0002, after 0001.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("runs", sa.Column("then", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column("runs", sa.Column("next_run_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_runs_next_run_id_runs"), "runs", "runs", ["next_run_id"], ["id"], ondelete="SET NULL"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("fk_runs_next_run_id_runs"), "runs", type_="foreignkey")
    op.drop_column("runs", "next_run_id")
    op.drop_column("runs", "then")
