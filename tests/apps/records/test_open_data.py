"""Open data: whole files, deltas that lead from one to the next, and at once gone."""

from __future__ import annotations

import csv
from datetime import UTC, datetime

import polars as pl
import pytest

from tests.factories import penalties
from tests.factories.penalties import AT, TODAY
from xinheng.apps.disclosures.operations import Ending, Reason
from xinheng.apps.records import disclosing, open_data
from xinheng.apps.records.models import Record
from xinheng.core.disclosures import deltas
from xinheng.core.measures.causes import Cause

pytestmark = pytest.mark.usefixtures("city")
NEXT_DAY = datetime(2026, 5, 7, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _adopted(city):
    penalties.adopt()


def content(issue, name):
    (file,) = [each for each in (*issue.files, *issue.deltas) if each.name == name]
    return open_data.path_of(file).read_bytes()


def rows(issue):
    lines = list(csv.reader(content(issue, "penalty.csv").decode().splitlines()))
    return {line[0]: tuple(line) for line in lines[1:]}


def end(key="示例罚〔2026〕1号"):
    row = Record.objects.get(natural_key__startswith=key)
    disclosing.end_publication(
        dataset=row.dataset,
        natural_key=row.natural_key,
        ending=Ending(Reason.REPAIRED, Cause("case", "1"), TODAY),
        actor="x",
        at=AT,
    )


class TestMake:
    def test_writes_the_same_rows_in_every_format(self):
        penalties.land()

        issue = open_data.make(at=AT)

        frame = pl.read_parquet(content(issue, "penalty.parquet"))
        assert frame.rows() == list(rows(issue).values())
        assert pl.read_json(content(issue, "penalty.json")).rows() == frame.rows()
        assert frame["decision_no"].to_list() == ["示例罚〔2026〕1号"]
        assert frame["public_until"].to_list() == ["2027-05-06"]

    def test_leaves_persons_in_business_out(self):
        penalties.land(about=penalties.organization(sole_proprietor=True))

        assert rows(open_data.make(at=AT)) == {}

    def test_makes_a_delta_for_every_dataset_empty_or_not(self):
        open_data.make(at=AT)
        penalties.land()

        issue = open_data.make(at=AT)

        counts = {each.name: each.rows for each in issue.deltas}
        assert counts["deltas/penalty-1.csv"] == 0
        assert counts["deltas/penalty-2.csv"] == 1
        assert counts["deltas/permit-2.csv"] == 0

    def test_leads_from_the_first_issue_to_the_last_byte_for_byte(self):
        penalties.land()
        first = rows(open_data.make(at=AT))
        penalties.land(key="示例罚〔2026〕2号")
        open_data.make(at=AT)
        end()
        last = open_data.make(at=AT)

        followed = first
        for number in (2, 3):
            changes = open_data.read_delta(last, "penalty", number)
            followed = deltas.apply(followed, changes)

        assert followed == rows(last)
        header = content(last, "penalty.csv").splitlines()[0].decode().split(",")
        again = open_data.as_csv(tuple(header), dict(sorted(followed.items())).values())
        assert again == content(last, "penalty.csv")

    def test_takes_what_went_out_of_older_deltas_too(self):
        open_data.make(at=AT)
        penalties.land()
        open_data.make(at=AT)
        end()

        issue = open_data.make(at=AT)

        told = b"".join(
            content(issue, each.name)
            for each in issue.deltas
            if each.dataset == "penalty"
        )
        assert "示例罚".encode() not in told
        assert b"delete," in told


class TestIsGood:
    @pytest.fixture
    def issue(self):
        penalties.land()
        return open_data.make(at=AT)

    def test_as_long_as_every_row_may_be_seen(self, issue):
        assert open_data.is_good(issue, on=TODAY)

    def test_not_once_a_row_was_ended(self, issue):
        end()

        assert not open_data.is_good(issue, on=TODAY)

    def test_not_once_the_term_of_a_row_is_over(self, issue):
        assert not open_data.is_good(issue, on=datetime(2027, 5, 6).date())  # noqa: DTZ001

    def test_not_once_an_adverse_record_was_corrected(self, issue):
        penalties.land(types="警告")

        assert not open_data.is_good(issue, on=TODAY)

    def test_not_under_another_rulebook(self, issue, monkeypatch):
        monkeypatch.setattr(open_data.editions, "digest", lambda: "0" * 64)

        assert not open_data.is_good(issue, on=TODAY)


class TestMakeDue:
    def test_makes_one_each_day_and_no_more(self):
        first = open_data.make_due(at=AT)

        assert first is not None
        assert open_data.make_due(at=AT) is None
        assert open_data.make_due(at=NEXT_DAY).serial == 2

    def test_makes_one_at_once_where_a_row_was_ended(self):
        penalties.land()
        open_data.make_due(at=AT)
        end()

        assert rows(open_data.make_due(at=AT)) == {}
