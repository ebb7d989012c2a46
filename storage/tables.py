"""What all tables share: their names' rule and the columns that most have.

Owns the metadata that every table belongs to. The tables stand in `storage.schema`.
"""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey

from storage.types import BigId

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def id_column() -> "Column[int]":
    """A table's own id."""
    return Column("id", BigId, primary_key=True)


def destination_column() -> "Column[int]":
    """The destination that a row belongs to, and goes with."""
    return Column(
        "destination_id",
        BigId,
        ForeignKey("destinations.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    )
