"""Why an article's summary is what it is; revision 0004."""

import sqlalchemy as sa
from alembic import op

from storage.types import PlainText

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the reason of a summary; of what is stored already it is not known."""
    op.add_column(
        "articles", sa.Column("summary_reason", PlainText(), nullable=False, server_default="")
    )
