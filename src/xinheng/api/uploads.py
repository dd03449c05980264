"""Large files in pieces: tus 1.0 with creation, checksum, expiration and termination.

    OPTIONS /uploads         what is spoken here
    POST    /uploads         announce a file: Upload-Length, Upload-Metadata
    HEAD    /uploads/{id}    how many bytes have arrived
    PATCH   /uploads/{id}    the next piece; the last one hands the file in
    DELETE  /uploads/{id}    give it up

Once the file is handed in, `Content-Location` names its submission.

Source: https://tus.io/protocols/resumable-upload, version 1.0.0.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Annotated

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import http_date
from ninja import Header, Router
from pydantic import StringConstraints

from xinheng.api import idempotency, problems
from xinheng.api.access import MachineRequest, ServiceKey
from xinheng.apps.intake import operations, uploads

VERSION = "1.0.0"
PIECES = "application/offset+octet-stream"
CHECKSUMS = "sha256"
HERE = "/api/v1/uploads"
_LONGEST_NUMBER = 15
_DIGEST_BYTES = 32
_METADATA = frozenset({"filename", "unit", "dataset", "period"})

router = Router(auth=ServiceKey(), tags=["uploads"])

Number = Annotated[
    str, StringConstraints(pattern=r"^[0-9]+$", max_length=_LONGEST_NUMBER)
]
Metadata = Annotated[str, StringConstraints(max_length=8192)]
Version = Header[str | None]

NOT_THIS_VERSION = problems.Problem(
    412,
    "TUS_VERSION",
    "Tus-Resumable is 1.0.0 here.",
    "请使用 Tus-Resumable: 1.0.0。",
)
NOT_A_PIECE = problems.Problem(
    415,
    "UPLOAD_TYPE",
    f"A piece is sent as {PIECES}.",
    f"分片的 Content-Type 应为 {PIECES}。",
)
NO_METADATA = problems.Problem(
    400,
    "UPLOAD_METADATA",
    "Upload-Metadata holds filename, unit, dataset and perhaps period, in base64.",
    "Upload-Metadata 应含 base64 编码的 filename、unit、dataset，可含 period。",
)
NO_CHECKSUM = problems.Problem(
    400,
    "UPLOAD_CHECKSUM_FORM",
    "Upload-Checksum is the word sha256, a blank and the digest in base64.",
    "Upload-Checksum 应为 sha256、空格和 base64 编码的摘要。",
)


@router.api_operation(
    ["OPTIONS"],
    "/uploads",
    auth=None,
    response={204: None},
    summary="What of tus is spoken here",
    operation_id="describeUploads",
)
def describe(request: HttpRequest) -> HttpResponse:
    """Return version, extensions and the largest size as headers."""
    return _answer(
        204,
        {
            "Tus-Version": VERSION,
            "Tus-Extension": "creation,checksum,expiration,termination",
            "Tus-Checksum-Algorithm": CHECKSUMS,
            "Tus-Max-Size": str(settings.MAX_UPLOAD_BYTES),
        },
    )


@router.post(
    "/uploads",
    response={201: None},
    summary="Announce a file",
    operation_id="beginUpload",
)
def begin(
    request: MachineRequest,
    upload_length: Header[Number],
    upload_metadata: Header[Metadata],
    tus_resumable: Version = None,
    idempotency_key: Header[str | None] = None,
) -> HttpResponse:
    """Announce a file of `Upload-Length` bytes; `Location` is where its pieces go."""
    if tus_resumable != VERSION:
        return NOT_THIS_VERSION.answer()
    told = _metadata(upload_metadata)
    if told is None:
        return NO_METADATA.answer()
    hand_in = operations.HandIn(
        actor=request.auth,
        unit=told["unit"],
        dataset=told["dataset"],
        period=told.get("period") or None,
        file_name=told["filename"],
        content=request,
        origin=operations.Origin.API,
        idempotency_key=idempotency.read(idempotency_key),
    )
    announced = uploads.Announcement(hand_in, int(upload_length))
    begun = uploads.begin(announced, at=timezone.now())
    return _answer(201, {"Location": f"{HERE}/{begun.id}", **_state(begun)})


@router.api_operation(
    ["HEAD"],
    "/uploads/{upload}",
    response={200: None},
    summary="How far an upload is",
    operation_id="getUpload",
)
def get_upload(
    request: MachineRequest, upload: str, tus_resumable: Version = None
) -> HttpResponse:
    """Return `Upload-Offset`: the next piece begins there."""
    if tus_resumable != VERSION:
        return NOT_THIS_VERSION.answer()
    found = uploads.get_upload(actor=request.auth, upload=upload, at=timezone.now())
    return _answer(200, _state(found))


@router.patch(
    "/uploads/{upload}",
    response={204: None},
    summary="Send a piece",
    operation_id="addPiece",
)
def add(
    request: MachineRequest,
    upload: str,
    upload_offset: Header[Number],
    upload_checksum: Header[str | None] = None,
    tus_resumable: Version = None,
) -> HttpResponse:
    """Keep a piece; it is durable when the answer comes. The last hands the file in."""
    if tus_resumable != VERSION:
        return NOT_THIS_VERSION.answer()
    if request.content_type != PIECES:
        return NOT_A_PIECE.answer()
    digest = _digest(upload_checksum) if upload_checksum is not None else None
    if upload_checksum is not None and digest is None:
        return NO_CHECKSUM.answer()
    piece = uploads.Piece(int(upload_offset), request, digest)
    now = timezone.now()
    added = uploads.add(actor=request.auth, upload=upload, piece=piece, at=now)
    return _answer(204, _state(added))


@router.delete(
    "/uploads/{upload}",
    response={204: None},
    summary="Give an upload up",
    operation_id="abortUpload",
)
def abort(
    request: MachineRequest, upload: str, tus_resumable: Version = None
) -> HttpResponse:
    """Wipe what has arrived; a file that is handed in stays so."""
    if tus_resumable != VERSION:
        return NOT_THIS_VERSION.answer()
    uploads.abort(actor=request.auth, upload=upload, at=timezone.now())
    return _answer(204, {})


def _answer(status: int, headers: Mapping[str, str]) -> HttpResponse:
    told = {"Tus-Resumable": VERSION, "Cache-Control": "no-store", **headers}
    return HttpResponse(status=status, headers=told)


def _state(upload: uploads.UploadView) -> dict[str, str]:
    told = {
        "Upload-Offset": str(upload.received_bytes),
        "Upload-Length": str(upload.size_bytes),
        "Upload-Expires": http_date(upload.expires_at.timestamp()),
    }
    if upload.submission is not None:
        told["Content-Location"] = f"/api/v1/submissions/{upload.submission}"
    return told


def _metadata(header: str) -> dict[str, str] | None:
    """Return what is told of the file, null where it is not of the documented form."""
    told: dict[str, str] = {}
    for pair in header.split(","):
        name, _, value = pair.strip().partition(" ")
        text = _decoded(value)
        if name not in _METADATA or name in told or text is None:
            return None
        told[name] = text
    return told if told.keys() >= _METADATA - {"period"} else None


def _decoded(value: str) -> str | None:
    try:
        text = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    return None if "\x00" in text or len(text) > operations.LONGEST_NAME else text


def _digest(header: str) -> bytes | None:
    algorithm, _, value = header.partition(" ")
    try:
        digest = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None
    is_ours = algorithm == CHECKSUMS and len(digest) == _DIGEST_BYTES
    return digest if is_ours else None
