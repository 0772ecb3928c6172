"""Predictions in two modes beside each other.

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels = None
depends_on = None

KEY = ["player_id", "game_id", "market", "model_version_id", "as_of"]


def upgrade() -> None:
    op.add_column("predictions", sa.Column("mode", sa.Text(), nullable=False, server_default="independent"))
    op.drop_constraint("pk_predictions", "predictions", type_="primary")
    op.create_primary_key("pk_predictions", "predictions", [*KEY, "mode"])


def downgrade() -> None:
    op.execute("DELETE FROM predictions WHERE mode <> 'independent'")
    op.drop_constraint("pk_predictions", "predictions", type_="primary")
    op.create_primary_key("pk_predictions", "predictions", KEY)
    op.drop_column("predictions", "mode")
