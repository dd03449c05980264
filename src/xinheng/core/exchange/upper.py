"""A simulated upper platform: takes packages, answers, and remembers what it holds.

It is there to be sent to before anything goes out, and to try the sender in tests. What
it holds, it took from the bytes of a package, as the real one would.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from xinheng.core.exchange import encoding
from xinheng.core.exchange.encoding import Content, UnreadablePackageError
from xinheng.core.exchange.profiles import Form, Meaning, Profile, Sheet
from xinheng.core.exchange.rows import BETWEEN_KEYS
from xinheng.core.exchange.upper_rules import Rules, Telling

MUTE = "E9999"
MINUTE = 60.0
Read = Callable[[bytes], Content]
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Held:
    """What the platform has of a record; `digest` names the content."""

    status: str
    package: str
    digest: str
    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class _Fault:
    meaning: Meaning
    message: str
    hint: str = ""


@dataclass
class Platform:
    """One platform with its rules; `read` reads a form that core doesn't."""

    profile: Profile
    rules: Rules
    read: Read | None = None
    held: dict[Key, Held] = field(default_factory=dict)
    refused: dict[Key, Held] = field(default_factory=dict)
    twice: int = 0
    packages: int = 0
    _late: list[tuple[float, Key, Held]] = field(default_factory=list)
    _moments: deque[float] = field(default_factory=deque)

    def template(self, dataset: str) -> tuple[str, ...]:
        """Return the header that packages of a dataset must have."""
        wanted = dict(self.rules.orders)
        return wanted.get(dataset) or self.profile.sheet(dataset).titles

    def deliver(
        self, data: bytes, *, package: str, dataset: str, now: float
    ) -> bytes | None:
        """Take a package and return the answer; null where none comes back."""
        self._advance(now)
        if self._is_too_fast(now):
            return self._said(package, "busy", "429", "请求过于频繁", retry_after=60)
        self.packages += 1
        is_lost = self._hits(self.rules.timeout_of)
        if is_lost and self.packages % 2:
            return None  # it never arrived
        answer = self._judge(data, package, dataset, now)
        if is_lost:
            return None
        return self._spoiled(answer) if self._hits(self.rules.wrong_of, 1) else answer

    def states(self, dataset: str, keys: Sequence[str], *, now: float) -> bytes:
        """Return what is held of records, by their keys."""
        self._advance(now)
        waiting = {key: one for _, key, one in self._late}
        rows: list[dict[str, str]] = []
        for key in keys:
            place = (dataset, key)
            one = waiting.get(place) or self._latest(place)
            if one is not None:
                status = "pending" if place in waiting else one.status
                rows.append(_row(key, status, one))
        return _text({"rows": rows})

    def _latest(self, place: Key) -> Held | None:
        return self.refused.get(place) or self.held.get(place)

    def _is_too_fast(self, now: float) -> bool:
        if self.rules.per_minute is None:
            return False
        while self._moments and self._moments[0] <= now - MINUTE:
            self._moments.popleft()
        if len(self._moments) >= self.rules.per_minute:
            return True
        self._moments.append(now)
        return False

    def _hits(self, one_of: int | None, shift: int = 0) -> bool:
        return one_of is not None and (self.packages + shift) % one_of == 0

    def _judge(self, data: bytes, package: str, dataset: str, now: float) -> bytes:
        try:
            sheet = self.profile.sheet(dataset)
            content = self._decode(data)
        except (KeyError, UnreadablePackageError):
            return self._said(package, "refused", "FORM", "无法识别的报文")
        fault = self._fault_of(content, len(data), sheet)
        if fault is not None:
            return self._refusal(package, fault)
        faults = [self._row_fault(row, content, sheet) for row in content.cells]
        if not self.rules.is_partial and any(faults):
            return self._refusal(package, next(filter(None, faults)))
        return self._take(content, faults, package, sheet, now)

    def _decode(self, data: bytes) -> Content:
        form = self.profile.form
        if form is Form.XLSX and self.read is not None:
            return self.read(data)
        return encoding.decode(data, form=form, encoding=self.profile.encoding)

    def _fault_of(self, content: Content, size: int, sheet: Sheet) -> _Fault | None:
        """Return what is wrong with a package as a whole."""
        rules = self.rules
        if rules.bytes is not None and size > rules.bytes:
            hint = f"单包不得超过 {rules.bytes} 字节"
            return _Fault(Meaning.BYTES, "文件过大", hint)
        if rules.rows is not None and len(content.cells) > rules.rows:
            return _Fault(Meaning.ROWS, "行数过多", f"单包不得超过 {rules.rows} 行")
        if content.titles != self.template(sheet.dataset):
            return _Fault(Meaning.TEMPLATE, "模板不一致")
        wanted = rules.date_format or self.profile.date_format
        places = [
            place
            for place, each in enumerate(sheet.columns)
            if self._is_day(place, content, sheet)
        ]
        if any(
            not _is_day(row[place], wanted) for row in content.cells for place in places
        ):
            return _Fault(Meaning.DATE, "日期格式有误", f"应为 {_PATTERNS[wanted]}")
        return None

    def _is_day(self, place: int, content: Content, sheet: Sheet) -> bool:
        titles = {each.title for each in sheet.columns if each.name in sheet.dates}
        return content.titles[place] in titles

    def _row_fault(
        self, row: Sequence[str], content: Content, sheet: Sheet
    ) -> _Fault | None:
        found = [
            each for each in self.rules.forbidden if any(each in cell for cell in row)
        ]
        if found:
            return _Fault(Meaning.CHARACTERS, "包含特殊字符", f"不得含「{found[0]}」")
        key = self.key(row, content, sheet)
        if self.rules.mismatch_of is not None and self.is_mismatched(
            sheet.dataset, key
        ):
            return _Fault(Meaning.SUBJECT, "未查询到主体或查询到的主体信息不匹配")
        one = self.held.get((sheet.dataset, key))
        if one is not None and one.digest == _digest(row) and self.rules.dedupes:
            return _Fault(Meaning.DUPLICATE, "数据重复")
        return None

    def is_mismatched(self, dataset: str, key: str) -> bool:
        """Tell whether the platform's register has another name under the code."""
        if self.rules.mismatch_of is None:
            return False
        # Characters that may be replaced on the way do not decide.
        plain = "".join(each for each in key if each.isalnum())
        drawn = sha256(f"{self.rules.seed}:{dataset}:{plain}".encode()).digest()
        return int.from_bytes(drawn[:4], "big") % self.rules.mismatch_of == 0

    def key(self, row: Sequence[str], content: Content, sheet: Sheet) -> str:
        """Return what the platform calls a row."""
        by_title = dict(zip(content.titles, row, strict=True))
        titles = {each.name: each.title for each in sheet.columns}
        return BETWEEN_KEYS.join(by_title[titles[name]] for name in sheet.natural_key)

    def _take(
        self,
        content: Content,
        faults: Sequence[_Fault | None],
        package: str,
        sheet: Sheet,
        now: float,
    ) -> bytes:
        rows: list[dict[str, str]] = []
        for row, fault in zip(content.cells, faults, strict=True):
            key = self.key(row, content, sheet)
            one = self._held(fault, package, _digest(row))
            place = (sheet.dataset, key)
            rows.append(_row(key, one.status, one))
            if self.rules.late_seconds:
                self._late.append((now + self.rules.late_seconds, place, one))
            else:
                self._keep(place, one)
        if self.rules.late_seconds:
            return self._said(package, "pending", "", "已接收，稍后反馈")
        if all(each is None for each in faults):
            return self._said(package, "accepted", "", "", rows=self._repeated(rows))
        return self._said(package, "partial", "", "部分接收", rows=rows)

    def _repeated(self, rows: list[dict[str, str]]) -> list[dict[str, str]]:
        """Return the rows' answers, late ones a second time as refusals."""
        if not self.rules.repeats:
            return rows
        code = self._code(Meaning.DUPLICATE)
        return [
            *rows,
            *({**each, "status": "refused", "code": code} for each in rows[:1]),
        ]

    def _held(self, fault: _Fault | None, package: str, digest: str) -> Held:
        if fault is None:
            return Held("accepted", package, digest)
        return Held(
            "refused", package, digest, self._code(fault.meaning), self._words(fault)
        )

    def _keep(self, place: Key, one: Held) -> None:
        if one.status == "refused":
            self.refused[place] = one
            return
        before = self.held.get(place)
        if before is not None and before.digest == one.digest:
            self.twice += 1
        self.refused.pop(place, None)
        self.held[place] = one

    def _advance(self, now: float) -> None:
        due = [each for each in self._late if each[0] <= now]
        self._late = [each for each in self._late if each[0] > now]
        for _, place, one in due:
            self._keep(place, one)

    def _refusal(self, package: str, fault: _Fault) -> bytes:
        return self._said(
            package, "refused", self._code(fault.meaning), self._words(fault)
        )

    def _code(self, meaning: Meaning) -> str:
        if self.rules.telling is Telling.MUTE:
            return MUTE
        codes = {each: code for code, each in self.profile.meanings}
        return codes.get(meaning, MUTE)

    def _words(self, fault: _Fault) -> str:
        if self.rules.telling is Telling.EXPLICIT:
            return f"{fault.message}：{fault.hint}" if fault.hint else fault.message
        return fault.message if self.rules.telling is Telling.VAGUE else "处理失败"

    def _said(
        self, package: str, status: str, code: str, message: str, **more: object
    ) -> bytes:
        said = {"package": package, "status": status, "code": code, "message": message}
        return _text(said | more)

    def _spoiled(self, answer: bytes) -> bytes:
        """Return an answer as it must not be believed."""
        turn = self.packages % 4
        if turn == 0:
            return b"<html>502 Bad Gateway</html>"
        said = json.loads(answer)
        if turn == 1:
            said["package"] = "0" * 32
        elif turn == 2:
            stray = {"key": "从未报送|的|键", "status": "accepted"}
            said["rows"] = [*said.get("rows", []), stray]
        else:
            # It says the opposite of what it did.
            said["status"] = (
                "refused" if said["status"] == "accepted" else said["status"]
            )
        return _text(said)


def _row(key: str, status: str, one: Held) -> dict[str, str]:
    return {
        "key": key,
        "status": status,
        "code": one.code,
        "message": one.message,
        "package": one.package,
    }


def _digest(row: Sequence[str]) -> str:
    return sha256("\x1f".join(row).encode()).hexdigest()


def _is_day(text: str, wanted: str) -> bool:
    if not text:
        return True
    try:
        return datetime.strptime(text, wanted).strftime(wanted) == text  # noqa: DTZ007
    except ValueError:
        return False


def _text(said: Mapping[str, object]) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode()


_PATTERNS = {
    "%Y-%m-%d": "yyyy-MM-dd",
    "%Y/%m/%d": "yyyy/MM/dd",
    "%Y%m%d": "yyyyMMdd",
    "%Y年%m月%d日": "yyyy年MM月dd日",
    "%Y.%m.%d": "yyyy.MM.dd",
}
