"""The ledger for witnesses and mirrors: checkpoint, key, tiles, proofs; no content."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Path, Query, Router

from xinheng.api import schemas_ledger as schemas
from xinheng.apps.ledger import key_history, key_list, queries, tiles, witnesses
from xinheng.core.merkle.tiles import FULL_WIDTH, MalformedTileError, parse_path

router = Router(tags=["ledger"])

FOREVER = "public, max-age=31536000, immutable"
SOON = "public, max-age=5"
LONGEST_NOTE = 64 * 1024


@router.get(
    "/ledger/checkpoint",
    response={200: str},
    summary="The signed checkpoint of the ledger as it is now",
    operation_id="getCheckpoint",
)
def checkpoint(request: HttpRequest) -> HttpResponse:
    """Return the checkpoint in the C2SP text format; none before the first entry."""
    note = queries.get_head().note
    if not note:
        raise Http404
    return _plain(note)


@router.get(
    "/ledger/key",
    response={200: str},
    summary="The ledger's public key",
    operation_id="getLedgerKey",
)
def key(request: HttpRequest) -> HttpResponse:
    """Return the key; who verifies should compare it with one from elsewhere."""
    return _plain(key_history.present().key.text() + "\n")


@router.get(
    "/ledger/keys",
    response=schemas.LedgerKeysOut,
    summary="All keys of the ledger, when each signed, and the proof of it",
    operation_id="listLedgerKeys",
)
def all_keys(request: HttpRequest) -> dict[str, object]:
    """Return the list that `verifier.py --keys` takes."""
    return key_list.published()


@router.get(
    "/ledger/witnesses",
    response=schemas.WitnessesOut,
    summary="Who outside agreed to the ledger, up to which size, and when",
    operation_id="listWitnesses",
)
def all_witnesses(request: HttpRequest) -> dict[str, object]:
    """Return how far each witness is, and the last checkpoint that one agreed to."""
    standing = witnesses.standing()
    return {
        "size": standing.size,
        "waiting_since": standing.waiting_since,
        "witnesses": standing.agreements,
        "checkpoint": witnesses.latest_cosigned(),
    }


@router.post(
    "/ledger/cosignatures",
    response=schemas.CosignedOut,
    summary="Hand in a witness's cosignature on a checkpoint",
    operation_id="addCosignature",
)
def add_cosignature(request: HttpRequest) -> dict[str, object]:
    """Take a checkpoint of ours (text) that a witness of ours has cosigned."""
    content = request.read(LONGEST_NOTE + 1)
    try:
        note = content.decode() if len(content) <= LONGEST_NOTE else ""
    except UnicodeDecodeError:
        note = ""
    return {"witnesses": witnesses.receive(note=note, at=timezone.now())}


@router.get(
    "/ledger/tile/{path:path}",
    response={200: bytes},
    summary="A tile of the tree, or the digests of its entries",
    operation_id="getTile",
)
def tile(request: HttpRequest, path: Path[str]) -> HttpResponse:
    """Return a tile (C2SP tlog-tiles)."""
    try:
        wanted = parse_path(f"tile/{path}")
        content = tiles.content(wanted)
    except (MalformedTileError, tiles.UnknownTileError):
        raise Http404 from None
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Cache-Control"] = FOREVER if wanted.width == FULL_WIDTH else SOON
    return response


@router.get(
    "/ledger/entries/{seq}/proof",
    response=schemas.InclusionOut,
    summary="The proof that an entry stands in the ledger",
    operation_id="getInclusionProof",
)
def inclusion(
    request: HttpRequest, seq: int, size: Query[int | None] = None
) -> dict[str, object]:
    """Return the hashes from the entry up to the root at `size`, now if not given."""
    at = queries.size() if size is None else size
    try:
        proof = queries.inclusion_proof(seq=seq, size=at)
    except (queries.UnknownEntryError, queries.UnknownSizeError):
        raise Http404 from None
    return {"seq": seq, "size": at, "proof": [each.hex() for each in proof]}


@router.get(
    "/ledger/consistency",
    response=schemas.ConsistencyOut,
    summary="The proof that the ledger only continues what it was",
    operation_id="getConsistencyProof",
)
def consistency(
    request: HttpRequest, first: Query[int], second: Query[int]
) -> dict[str, object]:
    """Return the hashes that lead to the roots at both sizes."""
    try:
        proof = queries.consistency_proof(first=first, second=second)
    except queries.UnknownSizeError:
        raise Http404 from None
    return {"first": first, "second": second, "proof": [each.hex() for each in proof]}


def _plain(text: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = SOON
    return response
