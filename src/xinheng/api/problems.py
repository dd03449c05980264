"""Failures as problem details (RFC 9457), each with a stable `code`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError

from xinheng.api.idempotency import InvalidKeyError
from xinheng.api.look_up_access import TooManyLookUpsError
from xinheng.apps.accounts.queries import NotAllowedError
from xinheng.apps.catalog.queries import UnknownDatasetError
from xinheng.apps.intake.breakdowns import DiskFullError
from xinheng.apps.intake.mending_files import NoRejectsError
from xinheng.apps.intake.nil_returns import NilReturnRefusedError
from xinheng.apps.intake.queries import NoReceiptError, UnknownSubmissionError
from xinheng.apps.intake.repeats import KeyInFlightError, KeyReusedError
from xinheng.apps.intake.staging import FileTooLargeError
from xinheng.apps.intake.uploads import (
    TooManyUploadsError,
    UnknownUploadError,
    UploadBusyError,
    WrongDigestError,
    WrongOffsetError,
    WrongSizeError,
)
from xinheng.apps.ledger.as_of import FutureError, MalformedTimeError
from xinheng.apps.ledger.keys import SigningKeyError
from xinheng.apps.ledger.tree_store import TamperedLedgerError
from xinheng.apps.ledger.witnesses import WitnessRefusedError
from xinheng.apps.measures.queries import UnknownTaskError
from xinheng.apps.measures.reporting import TaskRefusedError
from xinheng.apps.records.changes import CursorAheadError
from xinheng.apps.standing.operations import FutureSizeError, UnknownMatterError
from xinheng.apps.standing.snapshot import SnapshotNotReadyError
from xinheng.apps.standing.uses import NotLoggedError
from xinheng.apps.statistics.queries import UnknownLedgerSizeError
from xinheng.apps.units.queries import UnknownUnitError
from xinheng.core.catalog.periods import InvalidPeriodError
from xinheng.core.changes.cursor import MalformedCursorError
from xinheng.core.submissions.reasons import ReasonError
from xinheng.pipeline.failures import UnreadableFileError

MEDIA_TYPE = "application/problem+json"
ROOT = "/api/"
WRONG = 400  # and above
KEPT_HEADERS = frozenset({"Allow", "WWW-Authenticate"})

Answering = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True, slots=True)
class Problem:
    """What an answer says when a request is not accepted."""

    status: int
    code: str
    title: str
    detail_zh: str

    def answer(self, detail: str = "") -> JsonResponse:
        """Return the HTTP answer; `detail` is English and names no personal value."""
        body = {
            "type": f"urn:xinheng:problem:{self.code.lower()}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": detail or self.title,
            "detail_zh": self.detail_zh,
        }
        return JsonResponse(body, status=self.status, content_type=MEDIA_TYPE)


LEDGER_CLOSED = Problem(
    503,
    "LEDGER_CLOSED",
    "The ledger takes no entries now; nothing was changed.",
    "账本目前无法写入，未作任何改动。",
)
COSIGNATURES: Mapping[str, Problem] = {
    "MALFORMED": Problem(
        400,
        "COSIGNATURE_MALFORMED",
        "This is no signed checkpoint.",
        "这不是签名检查点。",
    ),
    "NOT_OURS": Problem(
        422,
        "COSIGNATURE_NOT_OURS",
        "No key of this ledger signed the checkpoint.",
        "检查点没有本账本密钥的签名。",
    ),
    "FORKED": Problem(
        409,
        "COSIGNATURE_FORKED",
        "The checkpoint contradicts this ledger: keep it, and tell its operator.",
        "检查点与本账本矛盾，请保存并告知运行方。",
    ),
    "UNKNOWN": Problem(
        403,
        "COSIGNATURE_UNKNOWN",
        "No witness of this ledger has cosigned.",
        "没有已登记的见证方签名。",
    ),
}
PROBLEMS: dict[type[Exception], Problem] = {
    AuthenticationError: Problem(
        401, "UNAUTHENTICATED", "A valid service key is needed.", "需要有效的服务密钥。"
    ),
    NotAllowedError: Problem(
        403,
        "NOT_ALLOWED",
        "This key may not act for that unit.",
        "该密钥不能代表这个单位。",
    ),
    UnknownSubmissionError: Problem(
        404, "UNKNOWN_SUBMISSION", "There is no such submission.", "没有这个提交编号。"
    ),
    NoRejectsError: Problem(
        404,
        "NO_REJECTS",
        "No row was rejected that could be mended in a workbook.",
        "没有可以下载改正的退回行。",
    ),
    NoReceiptError: Problem(
        409,
        "NO_RECEIPT",
        "The submission is not completed, so there is no receipt.",
        "提交尚未完成，没有回执。",
    ),
    UnknownDatasetError: Problem(
        404,
        "UNKNOWN_DATASET",
        "The catalog has no such dataset.",
        "目录中没有这一数据项。",
    ),
    UnknownUnitError: Problem(
        404, "UNKNOWN_UNIT", "There is no such source unit.", "没有这个信源单位。"
    ),
    InvalidPeriodError: Problem(
        422, "PERIOD", "A month is written YYYY-MM.", "月份请写成 YYYY-MM。"
    ),
    FileTooLargeError: Problem(
        413,
        "FILE_TOO_LARGE",
        "The file is too large; split it.",
        "文件过大，请分批报送。",
    ),
    InvalidKeyError: Problem(
        400,
        "IDEMPOTENCY_KEY_INVALID",
        "An idempotency key is 1 to 100 visible ASCII signs and no person's number.",
        "幂等键应为1至100个可见ASCII字符，且不得含个人身份证号码。",
    ),
    KeyReusedError: Problem(
        422,
        "IDEMPOTENCY_KEY_REUSED",
        "This idempotency key was used for other content; take a new one.",
        "该幂等键已用于其他内容，请换用新的键。",
    ),
    KeyInFlightError: Problem(
        409,
        "IDEMPOTENCY_KEY_IN_FLIGHT",
        "A request with this key is being received; ask again in a moment.",
        "使用同一幂等键的请求正在接收，请稍后再试。",
    ),
    UnknownUploadError: Problem(
        404,
        "UNKNOWN_UPLOAD",
        "There is no such upload, or it has expired; begin anew.",
        "没有这个上传编号，或已过期，请重新开始。",
    ),
    UploadBusyError: Problem(
        423,
        "UPLOAD_BUSY",
        "Another request writes to this upload; ask for its offset in a moment.",
        "另一请求正在写入该上传，请稍后查询偏移量再试。",
    ),
    WrongOffsetError: Problem(
        409,
        "UPLOAD_OFFSET",
        "The piece does not begin where the upload ends; ask for its offset.",
        "分片起点与已接收的长度不符，请先查询偏移量。",
    ),
    WrongDigestError: Problem(
        460,
        "UPLOAD_CHECKSUM",
        "The piece is not the one whose checksum was given; send it again.",
        "分片与所给校验值不符，请重新发送。",
    ),
    WrongSizeError: Problem(
        400,
        "UPLOAD_SIZE",
        "The announced size is nothing, or the piece goes beyond it.",
        "声明的文件长度无效，或分片超出该长度。",
    ),
    TooManyUploadsError: Problem(
        429,
        "TOO_MANY_UPLOADS",
        "Too many uploads are under way; finish or delete some.",
        "未完成的上传过多，请先完成或删除。",
    ),
    UnknownLedgerSizeError: Problem(
        404,
        "UNKNOWN_LEDGER_SIZE",
        "The ledger has no such size.",
        "账本没有这一长度。",
    ),
    UnknownTaskError: Problem(
        404, "UNKNOWN_TASK", "The unit has no such task.", "本单位没有这项任务。"
    ),
    TaskRefusedError: Problem(
        409,
        "TASK_STATE",
        "The task is answered or recalled already; read its state.",
        "该任务已反馈或已解除，请查看其状态。",
    ),
    UnknownMatterError: Problem(
        404,
        "UNKNOWN_MATTER",
        "The rulebook knows no such matter.",
        "没有这一事项，请核对事项代码。",
    ),
    FutureError: Problem(
        404,
        "NOT_KNOWN_YET",
        "The day has not come, or the ledger has not reached that size.",
        "这一天还没有到，或者账本尚未达到这一长度。",
    ),
    MalformedTimeError: Problem(
        422,
        "TIME",
        "Write days as 2019-06-20, a ledger size as a number.",
        "日期请写成 2019-06-20，账本长度请写成数字。",
    ),
    FutureSizeError: Problem(
        404,
        "UNKNOWN_LEDGER_SIZE",
        "The ledger has not reached that size.",
        "账本尚未达到这一长度。",
    ),
    ReasonError: Problem(
        422,
        "REASON",
        "A reason, reference or purpose is missing or too long, or holds a person's"
        " number.",
        "缺少理由、凭证或用途，或过长，或含有个人身份证号码。",
    ),
    TooManyLookUpsError: Problem(
        429,
        "TOO_MANY_LOOK_UPS",
        "The key asks faster than it may; wait a second.",
        "查询过于频繁，请稍候一秒再试。",
    ),
    NotLoggedError: Problem(
        503,
        "NOT_LOGGED",
        "The use could not be logged, so nothing is answered. Try again.",
        "未能登记本次查询，因此不予回答，请重试。",
    ),
    SnapshotNotReadyError: Problem(
        503, "NOT_READY", "The register can't be read now.", "暂时无法读取登记库。"
    ),
    MalformedCursorError: Problem(
        422,
        "CURSOR",
        "A cursor is a number, or two with a point between; empty is the beginning.",
        "游标应为一个数，或以点号分隔的两个数；留空表示从头开始。",
    ),
    CursorAheadError: Problem(
        409,
        "CURSOR_AHEAD",
        "The ledger is shorter than this cursor: it came back from a backup. Drop what"
        " you hold and begin anew.",
        "账本尚未到达该游标：系统可能已由备份恢复。请清空已有数据，从头开始。",
    ),
    SigningKeyError: LEDGER_CLOSED,
    TamperedLedgerError: LEDGER_CLOSED,
    Http404: Problem(404, "NOT_FOUND", "There is nothing here.", "没有找到。"),
}
INVALID = Problem(
    422,
    "INVALID_REQUEST",
    "The request is not of the documented form.",
    "请求格式有误。",
)
# What answers a request that no operation has answered, by its status.
OTHERS: Mapping[int, Problem] = {
    404: PROBLEMS[Http404],
    405: Problem(
        405,
        "METHOD_NOT_ALLOWED",
        "This address does not take that method.",
        "该地址不支持这种请求方法。",
    ),
    500: Problem(
        500,
        "INTERNAL",
        "The system failed; nothing was stored. Try again later.",
        "系统出现错误，未保存任何内容，请稍后再试。",
    ),
}
MALFORMED = Problem(
    400, "MALFORMED_REQUEST", "The request can't be read.", "无法识别该请求。"
)


def middleware(get_response: Answering) -> Answering:
    """Turn what Django itself answers under /api/ into a problem, headers kept."""

    def answer(request: HttpRequest) -> HttpResponse:
        given = get_response(request)
        if not request.path.startswith(ROOT) or given.status_code < WRONG:
            return given
        if given.headers.get("Content-Type") == MEDIA_TYPE:
            return given
        problem = OTHERS.get(given.status_code) or replace(
            MALFORMED, status=given.status_code
        )
        told = problem.answer()
        for name in KEPT_HEADERS & set(given.headers):
            told[name] = given[name]
        return told

    return answer


def register(api: NinjaAPI) -> None:
    """Let the API answer every anticipated failure with its problem."""
    for failure, problem in PROBLEMS.items():
        api.add_exception_handler(failure, _handler(problem))
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(NilReturnRefusedError, _nil_return_refused)
    api.add_exception_handler(UnreadableFileError, _unreadable)
    api.add_exception_handler(DiskFullError, _disk_full)
    api.add_exception_handler(WitnessRefusedError, _cosignature_refused)


def _handler(problem: Problem) -> Callable[[HttpRequest, Any], HttpResponse]:
    def handle(request: HttpRequest, failure: Exception) -> HttpResponse:
        return problem.answer()

    return handle


def _invalid(request: HttpRequest, failure: Any) -> HttpResponse:
    """Name the fields that are wrong, and never what was sent in them."""
    places = ("/".join(map(str, error["loc"])) for error in failure.errors)
    return INVALID.answer(f"Not accepted: {', '.join(sorted(set(places)))}")


def _unreadable(request: HttpRequest, why: Any) -> HttpResponse:
    problem = Problem(422, why.code, "The file can't be taken.", why.message_zh)
    return problem.answer(why.message_en)


def _disk_full(request: HttpRequest, full: Any) -> HttpResponse:
    problem = Problem(507, full.code, "The server's disk is full.", full.message_zh)
    return problem.answer(full.message_en)


def _cosignature_refused(request: HttpRequest, refused: Any) -> HttpResponse:
    return COSIGNATURES[refused.code].answer()


def _nil_return_refused(request: HttpRequest, refused: Any) -> HttpResponse:
    problem = Problem(
        409, refused.code, "The nil return was not accepted.", refused.message_zh
    )
    return problem.answer(refused.message_en)
