"""Teams, games and markets wait for review as players do.

Revision: 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels = None
depends_on = None

_NAME = "uq_review_items_sport_source_external_id"
_KIND_NAME = "uq_review_items_sport_source_kind_external_id"


def upgrade() -> None:
    op.add_column("review_items", sa.Column("kind", sa.Text(), nullable=False, server_default="player"))
    op.alter_column("review_items", "kind", server_default=None)
    op.add_column("review_items", sa.Column("target", sa.Text(), nullable=True))
    op.execute(
        "UPDATE review_items SET target = player_id::text, candidates = (SELECT coalesce(jsonb_agg((one - 'player_id') "
        "|| jsonb_build_object('target', one->>'player_id') ORDER BY place), '[]') "
        "FROM jsonb_array_elements(candidates) WITH ORDINALITY AS listed (one, place))"
    )
    op.drop_column("review_items", "player_id")
    op.drop_constraint(_NAME, "review_items", type_="unique")
    op.create_unique_constraint(_KIND_NAME, "review_items", ["sport", "source", "kind", "external_id"])


def downgrade() -> None:
    op.execute("DELETE FROM review_items WHERE kind <> 'player'")
    op.drop_constraint(_KIND_NAME, "review_items", type_="unique")
    op.create_unique_constraint(_NAME, "review_items", ["sport", "source", "external_id"])
    op.add_column("review_items", sa.Column("player_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        "fk_review_items_player_id_players", "review_items", "players", ["player_id"], ["id"], ondelete="SET NULL"
    )
    op.execute(
        "UPDATE review_items SET player_id = (SELECT id FROM players WHERE id = target::bigint), "
        "candidates = (SELECT coalesce(jsonb_agg((one - 'target') "
        "|| jsonb_build_object('player_id', (one->>'target')::bigint) ORDER BY place), '[]') "
        "FROM jsonb_array_elements(candidates) WITH ORDINALITY AS listed (one, place))"
    )
    op.drop_column("review_items", "kind")
    op.drop_column("review_items", "target")
