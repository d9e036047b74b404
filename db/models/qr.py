"""The 安薪码 of each worker."""

from uuid import UUID

from sqlmodel import Field

from db.base import Record


class WorkerCode(Record, table=True):
    """Who a code speaks of. A new phone raises `key_generation`, which ends the old one's keys."""

    __tablename__ = "worker_code"

    person_id: UUID = Field(foreign_key="person.id", unique=True)
    worker_ref: bytes = Field(max_length=6, unique=True)
    """48 random bits; says nothing about the person."""
    key_generation: int = 1
