"""Wire shapes of mediation agreements and their signatures."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from cases.agreements import Agreement
from core.case_enums import AgreementParty

ContentHash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class SignatureIn(BaseModel):
    """The signature under what was shown, and under nothing else."""

    content_hash: ContentHash = Field(description="As it came with the text you read.")


class SignatureOut(BaseModel):
    """One party's signature."""

    party: AgreementParty
    signed_at: datetime
    is_on_paper: bool = Field(description="An official recorded the signed paper.")
    receipt: str = Field(description="JWS (ES256); verify with `/.well-known/jwks.json`.")


class AgreementOut(BaseModel):
    """What is proposed, word for word."""

    number: str
    paragraphs: list[str]
    rows: list[tuple[str, str]] = Field(description="Facts that stand below it: name and value.")
    content_hash: str = Field(
        description="SHA-256 (hex) over number, proposal, paragraphs and rows (RFC 8785)."
    )
    signatures: list[SignatureOut]
    is_naming: bool = Field(
        description="The complainant's name stands in it; else a number does, whoever signs."
    )
    unsigned: list[AgreementParty] = Field(description="Who has not signed yet.")

    @classmethod
    def of(cls, agreement: Agreement) -> Self:
        """Return the wire shape of an agreement."""
        return cls(
            number=agreement.number,
            paragraphs=agreement.paragraphs,
            rows=agreement.rows,
            content_hash=agreement.content_hash,
            signatures=[
                SignatureOut(
                    party=one.party,
                    signed_at=one.created_at,
                    is_on_paper=one.recorded_by is not None,
                    receipt=one.receipt,
                )
                for one, _ in agreement.signatures
            ],
            is_naming=agreement.is_naming,
            unsigned=agreement.unsigned,
        )


class AgreementsOut(BaseModel):
    """Every agreement on a project that waits for signatures or holds."""

    items: list[AgreementOut]
