"""What tells this database from every other one."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from campaigns.tables.base import Code, Table


class Installation(Table):
    """One row, made by the first migration. Copies of the truth elsewhere (Redis) are kept under its name."""

    __tablename__ = "installation"

    name: Mapped[Code] = mapped_column(primary_key=True)
