"""Handing in by machine: the same intake as the desk's and the command line's."""

from __future__ import annotations

from typing import Literal

from django.http import HttpResponse
from django.utils import timezone
from ninja import File, Form, Header, Query, Router, Status, UploadedFile

from xinheng.api import idempotency, paging, schemas
from xinheng.api.access import MachineRequest, ServiceKey
from xinheng.apps.intake import mending_files, nil_returns, operations, queries
from xinheng.apps.intake.views import NilReturnView, SubmissionView
from xinheng.pipeline.rejects_workbook import Kind

router = Router(auth=ServiceKey(), tags=["submissions"])
Language = Literal["zh-hans", "en"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.post(
    "/submissions",
    response={202: schemas.SubmissionOut},
    summary="Hand in a file",
    operation_id="submit",
)
def submit(
    request: MachineRequest,
    file: File[UploadedFile],
    unit: Form[schemas.Word],
    dataset: Form[schemas.Word],
    period: Form[schemas.Word | None] = None,
    idempotency_key: Header[str | None] = None,
) -> Status[SubmissionView]:
    """Receive a file; a worker checks it, and `GET` on its id tells the verdict.

    With an `Idempotency-Key`, the same file sent again is answered with the submission
    that stands already; other content under the same key is refused.
    """
    hand_in = operations.HandIn(
        actor=request.auth,
        unit=unit,
        dataset=dataset,
        period=period or None,
        file_name=file.name or "",
        content=file,
        origin=operations.Origin.API,
        idempotency_key=idempotency.read(idempotency_key),
    )
    identifier = operations.receive(hand_in, at=timezone.now())
    received = queries.get_submission(actor=request.auth, submission=identifier)
    return Status(202, received)


@router.get(
    "/submissions/{submission}",
    response=schemas.SubmissionOut,
    summary="The verdict on a file",
    operation_id="getSubmission",
)
def get_submission(request: MachineRequest, submission: str) -> SubmissionView:
    """Return a submission's state and counts."""
    return queries.get_submission(actor=request.auth, submission=submission)


@router.get(
    "/submissions/{submission}/findings",
    response=schemas.FindingsOut,
    summary="Findings by row",
    operation_id="listFindings",
)
def list_findings(
    request: MachineRequest,
    submission: str,
    rule: Query[str | None] = None,
    page: Query[int] = 1,
    language: Query[Language] = "zh-hans",
) -> dict[str, object]:
    """Return one page of findings in the language asked."""
    found = queries.list_findings(
        actor=request.auth,
        submission=submission,
        rule=rule,
        page=page,
        language=language,
    )
    return paging.answer(found)


@router.get(
    "/submissions/{submission}/rejects.csv",
    response={200: bytes},
    summary="The findings as a file",
    operation_id="getRejects",
)
def rejects(request: MachineRequest, submission: str) -> HttpResponse:
    """Return `rejects.csv`."""
    content = queries.rejects_csv(actor=request.auth, submission=submission)
    return HttpResponse(content, content_type="text/csv; charset=utf-8")


@router.get(
    "/submissions/{submission}/rejects.xlsx",
    response={200: bytes},
    summary="The rejected rows as a workbook to mend",
    operation_id="getRejectsWorkbook",
)
def rejects_workbook(
    request: MachineRequest,
    submission: str,
    language: Query[Language] = "zh-hans",
) -> HttpResponse:
    """Return the rejected rows, marked; mended, it is handed in like any file."""
    content = mending_files.rejects_xlsx(
        actor=request.auth, submission=submission, language=language
    )
    return HttpResponse(content, content_type=XLSX)


@router.get(
    "/submissions/{submission}/questions.xlsx",
    response={200: bytes},
    summary="The questionable rows as a workbook to mend",
    operation_id="getQuestionsWorkbook",
)
def questions_workbook(
    request: MachineRequest,
    submission: str,
    language: Query[Language] = "zh-hans",
) -> HttpResponse:
    """Return the questionable rows, marked; right ones need not come again."""
    content = mending_files.rejects_xlsx(
        actor=request.auth,
        submission=submission,
        language=language,
        kind=Kind.QUESTIONABLE,
    )
    return HttpResponse(content, content_type=XLSX)


@router.get(
    "/submissions/{submission}/receipt",
    response=schemas.Receipt,
    summary="The signed receipt",
    operation_id="getReceipt",
)
def receipt(request: MachineRequest, submission: str) -> dict[str, object]:
    """Return the receipt, which can be verified offline."""
    return queries.receipt(actor=request.auth, submission=submission)


@router.post(
    "/nil-returns",
    response={201: schemas.NilReturnOut},
    summary="File a nil return",
    operation_id="fileNilReturn",
)
def file_nil_return(
    request: MachineRequest, nil_return: schemas.NilReturnIn
) -> Status[NilReturnView]:
    """State that a unit has nothing to report for a month."""
    filed = nil_returns.file_nil_return(
        actor=request.auth,
        unit=nil_return.unit,
        dataset=nil_return.dataset,
        period=nil_return.period,
        at=timezone.now(),
    )
    return Status(201, filed)
