"""Feature rows no longer check their teams, which come from facts that did: two of their five checks a row.

Revision: 0011, after 0010.
"""

from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels = None
depends_on = None

_SIDES = ("team_id", "opponent_id")


def upgrade() -> None:
    for side in _SIDES:
        op.drop_constraint(op.f(f"fk_features_{side}_teams"), "features", type_="foreignkey")


def downgrade() -> None:
    for side in _SIDES:
        op.create_foreign_key(op.f(f"fk_features_{side}_teams"), "features", "teams", [side], ["id"])
