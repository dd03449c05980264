"""A whole file and the deltas that tell the same give the same register."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import files
from xinheng.apps.organizations import operations, queries, search_index
from xinheng.apps.organizations.models import (
    Organization,
    OrganizationChange,
    OrganizationName,
    RegisterImport,
    RegisterIssue,
)
from xinheng.pipeline.register_fields import Return
from xinheng.rulebook import samples

pytestmark = pytest.mark.django_db

AT = datetime(2019, 6, 3, 2, 0, tzinfo=UTC)
POOL = [
    each for each in samples.organizations(60, seed=0) if each.code.startswith("91")
][:8]


@dataclass(frozen=True)
class State:
    """What a registrar's system says about one organization."""

    name: str
    code: str
    kind: str = "有限责任公司"
    status: str = "存续"
    industry: str = "F51"
    parent: str = ""

    def row(self, change: str = "", day: date | None = None, former: str = ""):
        return {
            "机构名称": self.name,
            "统一社会信用代码": self.code,
            "机构类型": self.kind,
            "登记状态": self.status,
            "行业代码": self.industry,
            "隶属单位统一社会信用代码": self.parent,
            "原统一社会信用代码": former,
            "名录变更类型": change,
            "变更日期": day.isoformat() if day else "",
        }


def take(path, rows, *, day: int = 0, is_delta: bool = False):
    return operations.import_register(
        path=files.write_csv(path / f"{day}-{is_delta}.csv", rows),
        actor="test",
        at=AT + timedelta(days=day),
        is_delta=is_delta,
    )


def on(day: int) -> date:
    return (AT + timedelta(days=day)).date()


def dump():
    """Return the register without its own keys and moments."""
    organizations = [
        (
            *(row.uscc, row.name, row.kind, row.status, row.status_on, row.industry),
            row.parent.uscc if row.parent else None,
            sorted(
                row.names.values_list("name", "effective_on", "expires_on"), key=str
            ),
            sorted(
                row.codes.values_list("code", "effective_on", "expires_on"), key=str
            ),
            sorted(row.changes.values_list("field", "before", "after", "effective_on")),
        )
        for row in Organization.objects.order_by("uscc").select_related("parent")
    ]
    issues = RegisterIssue.objects.values_list("kind", "code", "name").order_by("id")
    return organizations, sorted(issues)


def clear() -> None:
    RegisterIssue.objects.all().delete()
    Organization.objects.update(parent=None)
    Organization.objects.all().delete()
    RegisterImport.objects.all().delete()
    search_index.rebuild()


CHANGES = {
    "name": [f"示例市更名{letter}有限公司" for letter in "甲乙"],
    "kind": ["有限责任公司", "股份有限公司"],
    "status": ["存续", "吊销", "注销"],
    "industry": ["F51", "C13", "K70"],
    "parent": [each.code for each in POOL[:2]],
}
ENDINGS = {"吊销", "注销"}


@st.composite
def months(draw: st.DrawFn):
    """Return the states of a few organizations, month after month; none comes back."""
    states = {each.code: State(each.name, each.code) for each in POOL[:4]}
    found = [dict(states)]
    for _ in range(draw(st.integers(1, 3))):
        for code in draw(st.sets(st.sampled_from(sorted(states)))):
            field = draw(st.sampled_from(sorted(CHANGES)))
            value = draw(st.sampled_from(CHANGES[field]))
            if field == "name":
                value += code[-3:]  # no two organizations bear one name
            if field == "parent" and value == code:
                continue
            if field == "status" and states[code].status in ENDINGS:
                continue
            states[code] = replace(states[code], **{field: value})
        if draw(st.booleans()) and len(states) < len(POOL):
            new = POOL[len(states)]
            states[new.code] = State(new.name, new.code)
        found.append(dict(states))
    return found


class TestSnapshotAndDelta:
    @settings(
        max_examples=10,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(history=months())
    def test_give_the_same_register(self, tmp_path, history):
        clear()
        for day, states in enumerate(history):
            take(tmp_path, [each.row() for each in states.values()], day=day)
        whole = dump()
        clear()
        before: dict[str, State] = {}
        for day, states in enumerate(history):
            rows = list(_told(before, states, day))
            if rows:
                report = take(tmp_path, rows, day=day, is_delta=True)
                assert report.rejected == 0
            before = states

        assert dump() == whole

    @settings(
        max_examples=5,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(history=months())
    def test_change_nothing_the_second_time(self, tmp_path, history):
        clear()
        before: dict[str, State] = {}
        deltas = []
        for day, states in enumerate(history):
            rows = list(_told(before, states, day))
            if rows:
                deltas.append(rows)
                take(tmp_path, rows, day=day, is_delta=True)
            before = states
        once = dump()

        reports = [take(tmp_path, rows, day=9, is_delta=True) for rows in deltas]

        assert [(each.new, each.changed) for each in reports] == [(0, 0)] * len(deltas)
        assert dump() == once


def _told(before: dict[str, State], after: dict[str, State], day: int):
    """Yield the rows of the delta between two months."""
    for code, state in after.items():
        if code not in before:
            yield state.row("新增", on(day))
        elif state != before[code]:
            ends = state.status != before[code].status and state.status in ENDINGS
            yield state.row(state.status if ends else "变更", on(day))


class TestDelta:
    def test_tells_several_things_in_the_order_of_their_days(self, tmp_path):
        one = State(POOL[0].name, POOL[0].code)
        renamed = replace(one, name="示例市更名甲有限公司")
        rows = [
            renamed.row("注销", date(2019, 5, 20)),
            renamed.row("变更", date(2019, 5, 10)),
            one.row("新增", date(2019, 5, 1)),
        ]

        report = take(tmp_path, rows, is_delta=True)

        assert (report.new, report.changed, report.rejected) == (1, 2, 0)
        found = queries.get_public(one.code)
        assert (found.name, found.status) == (renamed.name, "DEREGISTERED")
        assert found.status_on == date(2019, 5, 20)
        assert found.former_names == ((one.name, None, date(2019, 5, 10)),)

    def test_puts_a_late_rename_where_it_belongs(self, tmp_path):
        one = State("示例市原名有限公司", POOL[0].code)
        take(tmp_path, [one.row("新增", date(2019, 1, 1))], is_delta=True)
        for day, name in ((20, "示例市后名有限公司"), (10, "示例市中名有限公司")):
            change = replace(one, name=name).row("变更", date(2019, 5, day))
            take(tmp_path, [change], day=day, is_delta=True)

        found = queries.get_public(one.code)

        assert found.name == "示例市后名有限公司"
        assert found.former_names == (
            ("示例市中名有限公司", date(2019, 5, 10), date(2019, 5, 20)),
            ("示例市原名有限公司", None, date(2019, 5, 10)),
        )

    def test_refuses_what_it_can_not_apply(self, tmp_path):
        held, other = POOL[:2]
        take(tmp_path, [State(held.name, held.code).row("新增", on(0))], is_delta=True)
        wrong = [
            State(other.name, other.code).row("变更", on(0)),
            State("示例市别家有限公司", held.code).row("新增", on(0)),
            State(held.name, held.code).row("改名", on(0)),
            State(held.name, held.code).row("变更"),
            State(held.name, held.code).row("变更", date(2031, 1, 1)),
        ]

        report = take(tmp_path, wrong, day=1, is_delta=True)

        assert (report.rejected, report.claims, report.absent) == (5, 1, None)
        assert set(report.findings) >= {
            *("CHANGE_UNKNOWN", "CODE_TAKEN", "CODE_LIST", "REQUIRED", "DATE_FUTURE"),
        }
        assert OrganizationChange.objects.count() == 0

    def test_does_not_revoke_what_was_deregistered(self, tmp_path):
        one = State(POOL[0].name, POOL[0].code)
        take(tmp_path, [one.row("新增", date(2019, 1, 1))], is_delta=True)
        take(tmp_path, [one.row("注销", date(2019, 2, 1))], day=1, is_delta=True)

        report = take(
            tmp_path, [one.row("吊销", date(2019, 3, 1))], day=2, is_delta=True
        )

        assert report.findings["STATUS_ORDER"] == 1
        assert queries.get_public(one.code).status == "DEREGISTERED"

    def test_gives_a_new_code_and_keeps_the_organization(self, tmp_path):
        one = State(POOL[0].name, POOL[0].code)
        take(tmp_path, [one.row("新增", date(2019, 1, 1))], is_delta=True)
        key = Organization.objects.get().id
        change = replace(one, code=POOL[1].code).row("变更", date(2019, 5, 1), one.code)

        report = take(tmp_path, [change], day=1, is_delta=True)
        again = take(tmp_path, [change], day=2, is_delta=True)

        assert (report.changed, again.changed, again.unchanged) == (1, 0, 1)
        assert Organization.objects.get().id == key
        found = queries.get_public(POOL[1].code)
        assert found.former_codes == ((one.code, None, date(2019, 5, 1)),)
        assert queries.find_former(one.code) == POOL[1].code
        [kind] = set(RegisterImport.objects.values_list("kind", flat=True))
        assert kind == Return.PLAIN

    def test_takes_no_code_from_anybody_where_several_name_it(self, tmp_path):
        one = State(POOL[0].name, POOL[0].code)
        take(tmp_path, [one.row("新增", date(2019, 1, 1))], is_delta=True)
        rows = [
            State(each.name, each.code).row("变更", on(0), one.code)
            for each in POOL[1:3]
        ]

        take(tmp_path, rows, day=1, is_delta=True)

        assert Organization.objects.get().uscc == one.code
        assert OrganizationName.objects.count() == 1
