"""Lists at the desk: one person proposes, another decides, each step on its page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import accounts, files, listings, register
from xinheng.apps.accounts.mandates import LISTING_AUTHORITY
from xinheng.apps.listings.models import Listing, SchemeUse
from xinheng.core.listings.procedure import Event
from xinheng.web.desk import listings_words
from xinheng.web.desk.listings_forms import Step


def lister(name: str, unit: str) -> Client:
    account, client = accounts.open_account(name), Client()
    accounts.grant(account, LISTING_AUTHORITY, unit=unit)
    accounts.sign_in_verified(client, account, name)
    return client


@pytest.fixture
def code(db, settings) -> str:
    return listings.found(settings)


@pytest.fixture
def first(code) -> Client:
    return lister("first", listings.UNIT)


@pytest.fixture
def second(code) -> Client:
    return lister("second", listings.UNIT)


def url(page, *arguments):
    return reverse(f"desk:{page}", args=arguments)


def day(ago: int) -> str:
    return (timezone.localdate() - timedelta(days=ago)).isoformat()


def propose(client, code, **changed):
    answers = {
        "code": code,
        "authority": listings.UNIT,
        "basis": listings.BASIS,
        "facts": "示例：逾期未支付工资",
    }
    page = url("listings-propose", listings.EXCLUSION)
    return client.post(page, answers | changed, follow=True)


def take(client, event, **answers):
    number = Listing.objects.latest("id").id
    return client.post(url("listing-step", number, event), answers, follow=True)


def serve(client, **changed):
    answers = {
        "notice_way": "DELIVERY",
        "notice_on": day(40),
        "notice_proof": "送达回证 1 号",
    }
    return take(client, "serve", **(answers | changed))


def decide(client, **changed):
    answers = {
        "decision_no": "示列入〔2019〕1号",
        "decided_on": day(1),
        "expires_on": (timezone.localdate() + timedelta(days=300)).isoformat(),
    }
    return take(client, "decide", **(answers | changed))


class TestPermissions:
    def test_are_those_of_listing_authorities_and_the_office(self, client, code):
        accounts.clerk("zhang", unit=listings.UNIT)
        accounts.sign_in(client, "zhang")

        for page in ("listings", "list-schemes", "listings-choose"):
            assert client.get(url(page)).status_code == 403

    def test_show_nothing_of_another_authority(self, first, code):
        propose(first, code)
        other = lister("other", listings.SAFETY)

        assert other.get(url("listing", Listing.objects.get().id)).status_code == 404
        assert propose(other, code).status_code == 403


class TestPropose:
    def test_begins_with_the_lists_of_the_unit(self, first):
        offered = first.get(url("listings-choose")).context["offered"]

        assert [each.name for each, _ in offered] == [listings.EXCLUSION]

    def test_suggests_a_code_for_one_with_a_typo(self, first, code):
        typo = code[:-1] + ("1" if code[-1] != "1" else "2")

        page = propose(first, typo)

        assert list(page.context["form"].errors) == ["code"]
        assert code in [each.code for each in page.context["suggestions"]]
        assert "UNKNOWN_ORGANIZATION" in page.content.decode()

    def test_tells_what_is_wrong_at_its_field(self, first, code):
        sole = register.add("示例市甲经营部", prefix="92210899")[0]
        for change, field in (
            ({"code": sole}, "code"),
            ({"code": ""}, "code"),
            ({"facts": ""}, "facts"),
            ({"facts": "证件 11010519491231002X"}, "facts"),
            ({"basis": "《别的法》第一条"}, "basis"),
        ):
            page = propose(first, **({"code": code} | change))
            assert list(page.context["form"].errors) == [field]
        assert not Listing.objects.exists()


class TestSteps:
    def test_lead_to_a_decision_by_a_second_person(self, first, second, code):
        propose(first, code)
        serve(first)
        number = Listing.objects.get().id
        page = first.get(url("listing", number))
        assert page.context["is_own"]
        assert "decide" not in [slug for slug, _, _ in page.context["tasks"]]
        assert decide(first).status_code == 404

        page = decide(second)

        assert page.context["item"].is_in_force
        assert take(second, "publish").context["item"].published_on
        page = take(
            first,
            "repair",
            document="示修复〔2019〕1号",
            effective_on=day(0),
            reason="示例：已付清",
        )
        assert page.context["item"].ended_on == timezone.localdate()

    def test_tell_a_decision_inside_the_window_at_its_day(self, first, second, code):
        propose(first, code)
        serve(first, notice_on=day(1))

        page = decide(second, decided_on=day(0))

        assert list(page.context["form"].errors) == ["decided_on"]
        assert "WINDOW_OPEN" in page.content.decode()

    def test_take_statement_and_answer(self, first, second, code):
        propose(first, code)
        serve(first)
        take(first, "state", received_on=day(39), statement="示例：已付清一半")
        assert decide(second).status_code == 404
        take(first, "answer", answered_on=day(20), answer="示例：余款仍未付")

        assert decide(second).context["item"].is_in_force

    @pytest.mark.parametrize("event", ["expire", "import", "nothing"])
    def test_are_only_those_of_the_table(self, first, code, event):
        propose(first, code)

        assert take(first, event).status_code == 404

    def test_are_listed_with_their_clock(self, first, code):
        propose(first, code)
        serve(first)

        page = first.get(url("listings"))

        assert [each.uscc for each, _ in page.context["rows"]] == [code]
        answer = first.get(url("listings"), {"stage": "in-force"})
        assert not answer.context["rows"]


class TestDocuments:
    def test_are_issued_and_fetched_as_pdf(self, first, code, settings, tmp_path):
        settings.ARCHIVE_DIR = tmp_path
        propose(first, code)
        number = Listing.objects.get().id

        page = first.post(url("listing-issue", number, "notice"), follow=True)

        assert page.content.startswith(b"%PDF")
        assert first.get(url("listing", number)).context["documents"]
        other = lister("other", listings.SAFETY)
        assert other.get(page.request["PATH_INFO"]).status_code == 404
        early = first.post(url("listing-issue", number, "decision"))
        assert early.status_code == 404


class TestSchemes:
    def test_are_taken_into_use_by_the_office_where_no_rule_stops_them(self, code):
        SchemeUse.objects.all().delete()
        account, office = accounts.credit_office(), Client()
        accounts.sign_in_verified(office, account, "office")
        page = office.get(url("list-schemes"))
        usable = [each.name for each, _, _, gaps in page.context["rows"] if not gaps]
        assert usable == [listings.EXCLUSION, listings.RECOGNITION]

        office.post(url("list-schemes"), {"scheme": listings.EXCLUSION})
        refused = office.post(url("list-schemes"), {"scheme": "wage-arrears-exclusion"})

        assert refused.status_code == 404
        assert [each.scheme for each in SchemeUse.objects.all()] == [listings.EXCLUSION]

    def test_are_not_a_listing_authoritys_to_take(self, first):
        answer = first.post(url("list-schemes"), {"scheme": listings.EXCLUSION})

        assert answer.status_code == 403


class TestWords:
    def test_exist_for_every_state_step_need_rule_and_gap(self):
        from xinheng.core.listings import completeness, gaps, procedure, schemes

        for words, names in (
            (listings_words.STATES, procedure.State),
            (listings_words.STEPS, procedure.Event),
            (listings_words.LABELS, procedure.Need),
            (listings_words.GAPS, gaps.Gap),
            (listings_words.LACKS, completeness.Lack),
            (listings_words.KINDS, schemes.ListKind),
        ):
            assert set(words) == set(names)
        assert set(procedure.Guard) <= set(listings_words.REFUSALS)

    @pytest.mark.parametrize("event", Event)
    def test_of_a_form_are_what_the_table_needs(self, event):
        from xinheng.core.listings.procedure import step

        form = Step(None, event=event)

        assert tuple(form.fields) == step(event).needs


class TestImport:
    def send(self, client, tmp_path, **row):
        told = {"统一社会信用代码": row.pop("code"), "标识": "甲", **row}
        path = files.write_csv(tmp_path / "list.csv", [told])
        with path.open("rb") as file:
            form = {"file": file, "scheme": listings.EXCLUSION}
            asked = {**form, "authority": listings.UNIT, "origin": "示例省人社厅"}
            return client.post(url("listings-import"), asked)

    def test_says_what_became_of_the_rows(self, first, code, tmp_path):
        page = self.send(first, tmp_path, code=code, 事实="示例").content.decode()

        assert "读取 1 行" in page
        listing = Listing.objects.get()
        assert (listing.state, listing.origin) == ("IMPORTED", "示例省人社厅")
        assert "NO_LEGAL_BASIS" in listing.lacks

    def test_names_the_rows_that_are_refused(self, first, code, tmp_path):
        page = self.send(first, tmp_path, code="91210899MA00000000", 事实="示例")

        assert "UNKNOWN_ORGANIZATION" in page.content.decode()

    def test_is_for_authorities_and_the_credit_office(self, code):
        accounts.clerk("zhang", unit=listings.SAFETY)
        client = Client()
        accounts.sign_in(client, "zhang")

        assert client.get(url("listings-import")).status_code == 403
