"""How the series of a game stand is one compressed frame a source, no longer a value in every series.

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels = None
depends_on = None

_VALUES = ("line", "price_decimal", "status", "known_at")
_FILL = """
UPDATE odds_series s SET line = q.line, price_decimal = q.price_decimal, status = q.status, known_at = q.known_at
FROM odds_series t CROSS JOIN LATERAL (
    SELECT * FROM odds_quotes q WHERE q.series_id = t.id ORDER BY q.known_at DESC LIMIT 1
) q WHERE s.id = t.id
"""


def upgrade() -> None:
    op.create_table(
        "odds_standings",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("game_id", sa.Text(), nullable=False),
        sa.Column("frame", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["game_id"], ["games.id"], name=op.f("fk_odds_standings_game_id_games"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source", "game_id", name=op.f("pk_odds_standings")),
    )
    op.create_index(op.f("ix_odds_standings_game_id"), "odds_standings", ["game_id"])
    op.execute("ALTER TABLE odds_standings ALTER COLUMN frame SET STORAGE EXTERNAL")
    for name in _VALUES:
        op.drop_column("odds_series", name)


def downgrade() -> None:
    op.add_column("odds_series", sa.Column("line", sa.DOUBLE_PRECISION(), nullable=True))
    op.add_column("odds_series", sa.Column("price_decimal", sa.DOUBLE_PRECISION(), nullable=True))
    op.add_column("odds_series", sa.Column("status", sa.Text(), nullable=True))
    op.add_column("odds_series", sa.Column("known_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(_FILL)
    op.execute("DELETE FROM odds_series WHERE known_at IS NULL")
    op.alter_column("odds_series", "status", nullable=False)
    op.alter_column("odds_series", "known_at", nullable=False)
    op.drop_table("odds_standings")
