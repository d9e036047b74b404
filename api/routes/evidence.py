"""What anybody needs to check our receipts: the public keys, the sealed log and its proofs."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from api.deps import KeyringDep, SessionDep
from api.pagination import Page, PageDep, make_page
from api.problems import problems
from api.schemas.evidence import ProofOut, SealOut
from api.strict_json import StrictRouter
from evidence import log, queries, receipts
from evidence.errors import LeafNotFoundError, NoSuchTreeError

keys_router = APIRouter(tags=["evidence"])
router = StrictRouter(prefix="/evidence", tags=["evidence"])

CACHE_SECONDS = 3600
TreeSize = Annotated[
    int | None, Query(ge=1, le=2**62, description="Of a published seal; the last one by default.")
]


@keys_router.get("/.well-known/jwks.json")
def get_jwks(keyring: KeyringDep, response: Response) -> dict[str, Any]:
    """Publish the keys that verify receipts.

    For anybody: a JWK Set (RFC 7517). Save it next to your receipt and the receipt can be
    verified without us; `kid` is the RFC 7638 thumbprint.
    """
    response.headers["Cache-Control"] = f"public, max-age={CACHE_SECONDS}"
    return receipts.jwks(keyring)


@router.get("/seals")
def list_seals(session: SessionDep, page: PageDep) -> Page[SealOut]:
    """List the sealed days of the evidence log.

    For anybody, newest first. Whoever keeps one seal can prove later that nothing before it was
    changed.
    """
    seals = queries.list_seals(session, before=page.before, limit=page.limit + 1)
    return make_page(seals, limit=page.limit, to_item=SealOut.of)


@router.get("/inclusion", responses=problems(LeafNotFoundError, NoSuchTreeError))
def prove_inclusion(
    session: SessionDep,
    leaf_hash: Annotated[
        str, Query(pattern="^[0-9a-f]{64}$", description="RFC 6962 hash of the leaf, hex.")
    ],
    tree_size: TreeSize = None,
) -> ProofOut:
    """Prove that a leaf is in the sealed log.

    For anybody who knows the leaf's hash (RFC 6962 §2.1.1).
    """
    proof = log.prove_inclusion(session, leaf_hash=bytes.fromhex(leaf_hash), tree_size=tree_size)
    return ProofOut.of(proof)


@router.get("/consistency", responses=problems(NoSuchTreeError))
def prove_consistency(
    session: SessionDep,
    earlier: Annotated[int, Query(ge=1, le=2**62, description="Size of an earlier seal.")],
    tree_size: TreeSize = None,
) -> ProofOut:
    """Prove that the log only grew.

    For anybody: the tree of the later seal begins with the earlier one (RFC 6962 §2.1.2).
    """
    return ProofOut.of(log.prove_consistency(session, earlier=earlier, tree_size=tree_size))
