"""What names the series of a standing is kept apart from what was said of them: a movement writes only the latter.

Revision: 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM odds_standings")  # read from the quotes again
    op.drop_column("odds_standings", "frame")
    for name in ("series", "said"):
        op.add_column("odds_standings", sa.Column(name, sa.LargeBinary(), nullable=False))
        op.execute(f"ALTER TABLE odds_standings ALTER COLUMN {name} SET STORAGE EXTERNAL")


def downgrade() -> None:
    op.execute("DELETE FROM odds_standings")
    for name in ("series", "said"):
        op.drop_column("odds_standings", name)
    op.add_column("odds_standings", sa.Column("frame", sa.LargeBinary(), nullable=False))
    op.execute("ALTER TABLE odds_standings ALTER COLUMN frame SET STORAGE EXTERNAL")
