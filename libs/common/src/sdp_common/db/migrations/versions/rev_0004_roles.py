"""Snaps, named starters, and where a player was drafted.

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("players", sa.Column("draft_pick", sa.BigInteger(), nullable=True))
    op.add_column("players", sa.Column("first_season", sa.BigInteger(), nullable=True))
    op.create_table(
        "starters",
        sa.Column("game_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("player_id", sa.BigInteger(), nullable=False),
        sa.Column("known_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["game_id"], ["games.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["player_id"], ["players.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"]),
        sa.PrimaryKeyConstraint("game_id", "team_id", "position"),
    )
    op.create_table(
        "player_game_snaps",
        sa.Column("player_id", sa.BigInteger(), nullable=False),
        sa.Column("game_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=True),
        sa.Column("offense_snaps", sa.BigInteger(), nullable=False),
        sa.Column("offense_share", sa.Float(), nullable=False),
        sa.Column("known_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["game_id"], ["games.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["player_id"], ["players.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"]),
        sa.PrimaryKeyConstraint("player_id", "game_id"),
    )
    op.create_index(op.f("ix_player_game_snaps_game_id"), "player_game_snaps", ["game_id"])


def downgrade() -> None:
    op.drop_table("player_game_snaps")
    op.drop_table("starters")
    op.drop_column("players", "first_season")
    op.drop_column("players", "draft_pick")
