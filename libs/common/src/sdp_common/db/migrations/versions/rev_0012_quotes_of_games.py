"""Quotes by game and moment: what moved of a slate before a moment is read together, not a series at a time.

Revision: 0012, after 0011.
"""

from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels = None
depends_on = None

_KEY = (
    "ALTER TABLE odds_quotes DROP CONSTRAINT pk_odds_quotes, "
    "ADD CONSTRAINT pk_odds_quotes PRIMARY KEY (series_id, known_at)"
)


def upgrade() -> None:
    op.execute("ALTER TABLE odds_quotes ADD COLUMN game_id text")
    op.execute("UPDATE odds_quotes q SET game_id = s.game_id FROM odds_series s WHERE s.id = q.series_id")
    op.execute("DELETE FROM odds_quotes WHERE game_id IS NULL")
    op.execute("ALTER TABLE odds_quotes ALTER COLUMN game_id SET NOT NULL")
    op.execute(_KEY)
    op.create_index("ix_odds_quotes_game", "odds_quotes", ["game_id", "known_at"])


def downgrade() -> None:
    op.drop_index("ix_odds_quotes_game", "odds_quotes")
    op.execute(f"{_KEY} INCLUDE (line, price_decimal, status)")
    op.execute("ALTER TABLE odds_quotes DROP COLUMN game_id")
