"""What Alembic runs: the revisions, on the connection that `sdp_common.db.migrate` hands over."""

from alembic import context

from sdp_common.db.migrate import is_ours
from sdp_common.db.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_name=is_ours,
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
