"""Pages and answers as known on one day about another; what ended stays away."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import city as cities
from tests.factories import files, listings, penalties
from tests.factories.listings import SECOND, by, record
from xinheng.apps.custody import erasure
from xinheng.apps.custody.erasure import Basis, Order
from xinheng.apps.disclosures.models import End
from xinheng.apps.ledger import operations, queries
from xinheng.apps.organizations.models import Organization, OrganizationChange
from xinheng.apps.records import erasing
from xinheng.apps.records import queries as records
from xinheng.apps.records.models import Record
from xinheng.core.listings.procedure import Event

CODE = "行政相对人代码_1(统一社会信用代码)"
LATER = datetime(2019, 7, 3, 2, 0, tzinfo=UTC)
BEFORE, AFTER = "更正前的许可内容", "更正后的许可内容"


@pytest.fixture
def corrected(city):
    """Sizes before and after a permit, and after its correction; and its code."""
    about = cities.an_organization()
    row = files.permit_rows(1)[0] | {CODE: about.code, "行政相对人名称": about.name}
    none = queries.size()
    cities.hand_in([{**row, "许可内容": BEFORE}])
    first = queries.size()
    cities.hand_in([{**row, "许可内容": AFTER}], at=LATER)
    return none, first, queries.size(), row[CODE]


def show(client, code, **asked):
    return client.get(reverse("portal:organization", args=[code]), asked)


def end(key: str, on: date) -> None:
    End.objects.create(
        kind="record",
        key=key,
        reason="recalled",
        effective_on=on,
        cause_kind="test",
        cause="1",
        ended_by="test",
        ended_at=timezone.now(),
    )


class TestOrganization:
    def test_shows_what_was_known_then_with_a_banner(self, client, corrected):
        none, first, second, code = corrected

        then = show(client, code, known_at=first, on="2019-06-20").content.decode()
        now = show(client, code, known_at=second).content.decode()

        assert BEFORE in then
        assert AFTER not in then
        assert "后已更正" in then
        assert "2019年6月20日的情况" in then
        assert 'content="noindex"' in then
        assert AFTER in now
        assert BEFORE not in now
        assert BEFORE not in show(client, code, known_at=none).content.decode()

    def test_does_not_bring_back_what_ended(self, client, corrected):
        _, first, _, code = corrected
        end(records.key_of(Record.objects.first()), timezone.localdate())

        then = show(client, code, known_at=first, on="2019-06-20").content.decode()

        assert BEFORE not in then

    def test_marks_what_was_erased_with_day_and_basis(self, client, corrected):
        _, first, _, code = corrected
        row = Record.objects.order_by("id").first()
        name = f"{row.submission.ledger_seq}.{row.row_number}"
        order = Order(erasing.find_by_names([name]), (), Basis.COURT_ORDER, "示例判决")
        erasure.erase(order=order, actor="operator", at=LATER)

        page = show(client, code, known_at=first, on="2019-06-20").content.decode()
        today = show(client, code).content.decode()

        assert BEFORE not in page
        assert "2019年7月3日删除 1 条" in page
        assert "法院裁判" in page
        assert "法院裁判" not in today

    def test_says_nothing_of_an_erased_penalty(self, client, city, settings):
        penalties.adopt()
        about = penalties.land()
        size = queries.size()
        [row] = Record.objects.all()
        order = Order(
            erasing.find_by_names([f"{row.submission.ledger_seq}.{row.row_number}"]),
            (),
            Basis.TERM_ENDED,
            "示例",
        )
        erasure.erase(order=order, actor="operator", at=penalties.AT)

        page = show(client, about.uscc, known_at=size).content.decode()

        assert "保存期限届满" not in page

    def test_names_it_as_it_was_named_then(self, client, city):
        row = Organization.objects.get(uscc=city_code())
        OrganizationChange.objects.create(
            organization=row,
            field="name",
            before="示例市从前有限公司",
            after=row.name,
            effective_on=date(2019, 6, 10),
            recorded_at=LATER,
        )
        size = queries.size()
        add_entry(LATER)

        then = show(client, row.uscc, known_at=size, on="2019-06-20")
        since = show(client, row.uscc, known_at=size + 1, on="2019-06-20")

        assert then.context["item"].name == "示例市从前有限公司"
        assert since.context["item"].name == row.name

    @pytest.mark.parametrize("wrong", ["20.6.2019", "2999-01-01", "99999999", "x" * 99])
    def test_says_what_is_wrong_and_shows_today(self, client, corrected, wrong):
        answer = show(client, corrected[3], known_at=wrong)

        assert answer.status_code == 400
        assert "以下是今天的页面" in answer.content.decode()
        assert AFTER in answer.content.decode()

    def test_says_that_the_register_did_not_know_it_yet(self, client, city):
        answer = show(client, city_code(), known_at="0")

        assert answer.status_code == 404
        assert "当时登记册中没有" in answer.content.decode()


def city_code() -> str:
    return cities.an_organization().code


def add_entry(at: datetime) -> None:
    from django.db import transaction

    with transaction.atomic():
        operations.append(kind="test", subject="test:1", actor="test", body={}, at=at)


class TestApi:
    def test_answers_in_two_times(self, client, corrected):
        _, first, _, code = corrected
        address = f"/api/v1/organizations/{code}"

        asked = {"known_at": str(first), "on": "2019-06-20"}
        then = client.get(address, asked).json()

        [shown] = then["records"]
        assert BEFORE in [field["text"] for field in shown["fields"]]
        assert shown["corrected_at"].startswith("2019-07-03")
        assert (then["on"], then["ledger_size"]) == ("2019-06-20", first)
        assert client.get(address).json()["records"][0]["corrected_at"] is None
        assert client.get(address, {"on": "2019-6-1"}).json()["code"] == "TIME"
        late = client.get(address, {"known_at": "9999999"})
        assert (late.status_code, late.json()["code"]) == (404, "NOT_KNOWN_YET")


class TestRecent:
    def test_shows_the_decisions_of_those_days_as_known_then(self, client, corrected):
        none, first, _, code = corrected
        day = Record.objects.first().decided_on + timedelta(days=3)

        asked = {"known_at": first, "on": day.isoformat()}
        then = client.get("/recent/permit", asked)

        assert code in then.content.decode()
        assert 'content="noindex"' in then.content.decode()
        before = client.get("/recent/permit", asked | {"known_at": none})
        assert code not in before.content.decode()
        end(records.key_of(Record.objects.first()), timezone.localdate())
        assert code not in client.get("/recent/permit", asked).content.decode()


class TestTable:
    def test_is_what_the_ledger_knew(self, client, corrected):
        none, first, _, _ = corrected
        page = "/table/2019-05"

        totals = [
            client.get(page, {"known_at": size}).context["table"].grand_total
            for size in (none, first)
        ]

        assert totals == [0, 1]
        api = client.get("/api/v1/tables/2019-05", {"known_at": str(none)}).json()
        assert (api["ledger_size"], api["totals"][-1]) == (none, 0)
        assert client.get(page, {"known_at": "gestern"}).status_code == 400
        day = client.get(page, {"known_at": "2019-07-03"}).content.decode()
        assert "截至2019年7月3日" in day


class TestLists:
    def test_shows_who_was_listed_then_and_is_still(self, client, db, settings):
        code = listings.found(settings)
        today = timezone.localdate()
        before = queries.size()
        listing = listings.notified(code)
        term = {"decided_on": today, "expires_on": today + timedelta(days=90)}
        record(listing, Event.DECIDE, actor=SECOND, on=today, **term)
        listings.operations.record(
            listing=listing, event=Event.PUBLISH, told={}, by=by(on=today)
        )
        asked = {"known_at": queries.size(), "on": today.isoformat()}

        assert code in client.get("/lists/", asked).content.decode()
        earlier = client.get("/lists/", {**asked, "known_at": before})
        assert code not in earlier.content.decode()
        assert "截至" in earlier.content.decode()

        record(listing, Event.REVOKE, on=today, effective_on=today)
        assert code not in client.get("/lists/", asked).content.decode()
