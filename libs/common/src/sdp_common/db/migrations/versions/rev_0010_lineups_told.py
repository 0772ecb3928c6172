"""Batting orders of a site's list; why a lineup set ended early; the quantile that a lineup was built for.

Revision: 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("draftables", sa.Column("batting_order", sa.BigInteger(), nullable=True))
    op.add_column("lineup_sets", sa.Column("note", sa.Text(), nullable=True))
    op.add_column("lineups", sa.Column("quantile_points", sa.DOUBLE_PRECISION(), nullable=True))


def downgrade() -> None:
    op.drop_column("lineups", "quantile_points")
    op.drop_column("lineup_sets", "note")
    op.drop_column("draftables", "batting_order")
