"""Wire shapes of the evidence log; hashes as lower-case hex."""

from datetime import date
from typing import Any, Self

from pydantic import BaseModel, Field

from db.models import EvidenceSeal
from evidence.log import Proof


class SealOut(BaseModel):
    """The signed root of the log at the end of a day."""

    sealed_date: date
    tree_size: int
    root: str
    statement: str = Field(description="JWS (ES256) over date, size, root and the seal before.")

    @classmethod
    def of(cls, seal: EvidenceSeal) -> Self:
        """Return the wire shape of a seal."""
        return cls(
            sealed_date=seal.sealed_date,
            tree_size=seal.tree_size,
            root=seal.root.hex(),
            statement=seal.statement,
        )


class ProofOut(BaseModel):
    """Hashes that lead to a root, in the order of RFC 6962 §2.1."""

    tree_size: int
    root: str
    position: int | None = Field(description="The leaf's place; null in a consistency proof.")
    hashes: list[str]

    @classmethod
    def of(cls, proof: Proof) -> Self:
        """Return the wire shape of a proof."""
        return cls(
            tree_size=proof.tree_size,
            root=proof.root.hex(),
            position=proof.position,
            hashes=[sibling.hex() for sibling in proof.hashes],
        )


class ReceiptOut(BaseModel):
    """Everything needed to check a confirmation without us: `python -m evidence verify`."""

    receipt: str = Field(description="JWS (ES256) of the confirmation.")
    content: dict[str, Any] = Field(description="The payslip as it was confirmed.")
    keys: dict[str, Any] = Field(description="The JWK Set as published now.")
    entry: dict[str, Any] | None = Field(description="The leaf in the evidence log.")
    inclusion: dict[str, Any] | None = Field(description="Its proof; null until sealed at night.")
