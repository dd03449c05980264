"""The public pages of what is decided: latest decisions, reports, data, robots."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import penalties
from xinheng.apps.disclosures.operations import Ending, Reason
from xinheng.apps.records import disclosing, open_data, queries
from xinheng.apps.records.models import Record
from xinheng.core.measures.causes import Cause

pytestmark = pytest.mark.usefixtures("city")
NUMBER = "示例罚〔2026〕1号"


@pytest.fixture
def about(city):
    """A penalty of today, under an adopted rulebook."""
    at = timezone.now()
    penalties.adopt(at)
    return penalties.land(decided_on=timezone.localdate(at), at=at)


def key_of(about):
    on = timezone.localdate()
    return queries.list_public(organization=str(about.id), on=on)[0].key


def end():
    row = Record.objects.get()
    disclosing.end_publication(
        dataset=row.dataset,
        natural_key=row.natural_key,
        ending=Ending(Reason.REPAIRED, Cause("case", "1"), timezone.localdate()),
        actor="x",
        at=timezone.now(),
    )


def faces(client, about):
    """Return on which faces the penalty stands."""
    issue = open_data.current()
    bulk = (
        client.get(reverse("portal:data-file", args=["penalty.csv"])) if issue else None
    )
    found = {
        "page": client.get(reverse("portal:organization", args=[about.uscc])),
        "api": client.get(f"/api/v1/organizations/{about.uscc}"),
        "recent": client.get(reverse("portal:recent", args=["penalty"])),
        "feed": client.get(reverse("portal:feed", args=["penalty"])),
    }
    texts = {name: page.content.decode() for name, page in found.items()}
    texts["api"] = json.dumps(json.loads(texts["api"]), ensure_ascii=False)
    seen = {name for name, text in texts.items() if NUMBER in text}
    if bulk is not None and bulk.status_code == 200:
        text = b"".join(bulk.streaming_content).decode()
        seen |= {"bulk"} if NUMBER in text else set()
    return seen


class TestEveryFace:
    def test_shows_a_penalty_and_loses_it_in_the_same_instant(self, client, about):
        open_data.make(at=timezone.now())
        before = faces(client, about)

        end()

        assert before == {"page", "api", "recent", "feed", "bulk"}
        assert faces(client, about) == set()

    def test_withdraws_the_bulk_file_and_offers_a_new_one(self, client, about):
        open_data.make(at=timezone.now())
        end()

        gone = client.get(reverse("portal:data-file", args=["penalty.csv"]))
        open_data.make_due(at=timezone.now())
        again = client.get(reverse("portal:data-file", args=["penalty.csv"]))

        assert (gone.status_code, gone["Retry-After"]) == (410, "600")
        assert again.status_code == 200
        assert NUMBER not in b"".join(again.streaming_content).decode()

    def test_keeps_pages_with_decisions_out_of_caches(self, client, about):
        page = client.get(reverse("portal:organization", args=[about.uscc]))

        assert page["Cache-Control"] == "no-cache"
        assert page["X-Robots-Tag"] == "noarchive"


class TestReport:
    def test_hides_the_record_at_once(self, client, about):
        address = reverse("portal:report-data", args=[about.uscc, key_of(about)])

        asked = client.get(address)
        done = client.post(address, {"reason": "事实一栏里有住址"}, follow=True)

        assert asked.status_code == 200
        assert "三个工作日" in done.content.decode()
        assert faces(client, about) == set()

    def test_refuses_words_that_hold_the_number_itself(self, client, about):
        address = reverse("portal:report-data", args=[about.uscc, key_of(about)])

        answer = client.post(address, {"reason": "210899199001010012"})

        assert answer.status_code == 200
        assert "不要写出号码" in answer.content.decode()
        assert faces(client, about)

    def test_is_decided_by_the_credit_office(self, client, office, about):
        address = reverse("portal:report-data", args=[about.uscc, key_of(about)])
        client.post(address, {"reason": "住址"})
        waiting = office.get(reverse("desk:disclosure-reports"))
        one = waiting.context["reports"][0].id

        decided = office.post(
            reverse("desk:disclosure-report", args=[one]),
            {"choice": "rejected", "reason": "是机构地址"},
        )

        assert decided.status_code == 302
        assert "page" in faces(client, about)

    def test_is_not_decided_by_a_clerk(self, clerk):
        assert clerk.get(reverse("desk:disclosure-reports")).status_code == 403

    def test_knows_no_record_that_is_not_shown(self, client, about):
        address = reverse("portal:report-data", args=[about.uscc, "0" * 64])

        assert client.get(address).status_code == 404


class TestOpenData:
    def test_explains_itself_before_the_first_issue(self, client):
        assert client.get(reverse("portal:open-data")).status_code == 200
        assert client.get(reverse("portal:data-package")).status_code == 404

    def test_is_described_for_both_kinds_of_catalogs(self, client, about):
        open_data.make(at=timezone.now())

        package = json.loads(client.get(reverse("portal:data-package")).content)
        dcat = json.loads(client.get(reverse("portal:dcat")).content)

        (table,) = [
            each for each in package["resources"] if each["path"] == "penalty.csv"
        ]
        names = [field["name"] for field in table["schema"]["fields"]]
        sent = client.get(reverse("portal:data-file", args=["penalty.csv"]))
        header = b"".join(sent.streaming_content).split(b"\r\n")[0].decode()
        assert header.split(",") == names
        assert package["licenses"] == [{"name": "CC-BY-4.0"}]
        ids = [each["dct:identifier"] for each in dcat["dcat:dataset"]]
        assert "penalty" in ids

    @pytest.mark.parametrize("name", ["x.csv", "../manifest.json", "1/penalty.csv"])
    def test_sends_nothing_but_its_files(self, client, about, name):
        open_data.make(at=timezone.now())

        assert client.get(f"/data/{name}").status_code == 404


class TestRobots:
    def test_lead_to_the_site_map_and_keep_the_desk_closed(self, client):
        text = client.get(reverse("portal:robots")).content.decode()

        assert "Disallow: /desk/" in text
        assert "Sitemap: http://testserver/sitemap.xml" in text

    def test_find_every_organization_but_persons_in_business(self, client):
        index = ElementTree.fromstring(client.get(reverse("portal:sitemap")).content)
        parts = [each.text for each in index.iter() if each.tag.endswith("loc")]

        listed = "".join(client.get(part).content.decode() for part in parts)

        assert penalties.organization().uscc in listed
        assert penalties.organization(sole_proprietor=True).uscc not in listed

    def test_know_no_part_beyond_the_last(self, client):
        assert client.get("/sitemap-99.xml").status_code == 404


class TestRecent:
    def test_lists_permits_and_penalties_alone(self, client):
        assert client.get(reverse("portal:recent", args=["permit"])).status_code == 200
        assert client.get(reverse("portal:recent", args=["loan"])).status_code == 404

    def test_leaves_out_what_is_older(self, client, about):
        old = datetime.now(UTC) - timedelta(days=60)
        penalties.land(key="示例罚〔2026〕9号", decided_on=old.date(), at=old)

        page = client.get(reverse("portal:recent", args=["penalty"])).content.decode()

        assert NUMBER in page
        assert "2026〕9号" not in page
