"""Quotes written in bulk and read from their index: no look-up of the series a row; they go with it set by set.

Revision: 0007, after 0006.
"""

from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels = None
depends_on = None

_LET_GO = (
    """CREATE FUNCTION let_go_of_quotes() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM odds_quotes q USING gone WHERE q.series_id = gone.id;
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER let_go_of_quotes AFTER DELETE ON odds_series
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION let_go_of_quotes()""",
    """CREATE FUNCTION let_go_of_all_quotes() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        TRUNCATE odds_quotes;
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER let_go_of_all_quotes AFTER TRUNCATE ON odds_series
    FOR EACH STATEMENT EXECUTE FUNCTION let_go_of_all_quotes()""",
)
_HOLD = (
    "DROP TRIGGER let_go_of_all_quotes ON odds_series",
    "DROP FUNCTION let_go_of_all_quotes",
    "DROP TRIGGER let_go_of_quotes ON odds_series",
    "DROP FUNCTION let_go_of_quotes",
    "DELETE FROM odds_quotes q WHERE NOT EXISTS (SELECT FROM odds_series s WHERE s.id = q.series_id)",
    "ALTER TABLE odds_quotes ADD CONSTRAINT fk_odds_quotes_series_id_odds_series "
    "FOREIGN KEY (series_id) REFERENCES odds_series (id) ON DELETE CASCADE",
)
_KEY = (
    "ALTER TABLE odds_quotes DROP CONSTRAINT pk_odds_quotes, "
    "ADD CONSTRAINT pk_odds_quotes PRIMARY KEY (series_id, known_at)"
)


def upgrade() -> None:
    op.drop_constraint("fk_odds_quotes_series_id_odds_series", "odds_quotes", type_="foreignkey")
    op.execute(f"{_KEY} INCLUDE (line, price_decimal, status)")
    op.execute("DELETE FROM odds_standings")  # written in another form now; read from the quotes again
    for statement in _LET_GO:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DELETE FROM odds_standings")
    op.execute(_KEY)
    for statement in _HOLD:
        op.execute(statement)
