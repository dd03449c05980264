"""The index finds what looking at every organization finds, in the same order."""

from __future__ import annotations

import random

import polars as pl
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import register
from tests.proofs import share
from xinheng.apps import bulk
from xinheng.apps.organizations import search as searching
from xinheng.apps.organizations import search_index, search_stores
from xinheng.apps.organizations.models import Organization, OrganizationName
from xinheng.core.disclosures.names import public_name
from xinheng.pipeline.linkage.folding import fold
from xinheng.pipeline.linkage.initials import initials

pytestmark = pytest.mark.django_db

# Few characters, so that pieces repeat and overlap; some change when they are folded.
ALPHABET = "示例钢鋼市店（）aＡ1 重庆𠮷"
NAMES = st.text(ALPHABET, min_size=1, max_size=9)
STATUSES = st.sampled_from(Organization.Status.values)
ROWS = st.lists(
    st.tuples(NAMES, st.lists(NAMES, max_size=2), STATUSES, st.booleans()),
    max_size=12,
)
PIECES = st.lists(st.text(ALPHABET + "QSL", min_size=0, max_size=5), max_size=8)
PROPERTY = settings(
    max_examples=share(200), suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def fill(rows):
    """Put the rows into the register; True stands for a sole proprietor."""
    for name, former, status, is_sole_proprietor in rows:
        names = (name, *dict.fromkeys(each for each in former if each != name))
        prefix = "92210899" if is_sole_proprietor else "91210899"
        register.add(names, prefix=prefix, status=status)


def lines(row):
    """Return what of the names may be found, folded; the first is the present one."""
    shown = public_name(row.name, is_sole_proprietor=row.is_sole_proprietor)
    former = [] if row.is_sole_proprietor else row.names.exclude(name=row.name)
    return [fold(shown or ""), *(fold(each.name) for each in former)]


def order(row):
    length = len(lines(row)[0])
    return Organization.Status.values.index(row.status), length or 999, row.uscc


def expected(text):
    """Look at every organization, one after the other."""
    wanted = fold(text)
    if len(wanted) < 2:
        return []
    rows = list(Organization.objects.order_by("uscc"))
    if wanted.isascii():
        by_code = [
            row.uscc
            for row in rows
            if row.uscc == wanted
            or (row.uscc.startswith(wanted) and not wanted.startswith("92"))
        ]
        if by_code:
            return by_code
    read = (lambda line: initials(pl.Series([line]))[0]) if wanted.isascii() else str
    return [
        row.uscc
        for row in sorted(rows, key=order)
        if any(wanted in read(line) for line in lines(row))
    ]


def found(text):
    first = searching.search(text=text)
    rest = [searching.search(text=text, page=n) for n in range(2, first.pages + 1)]
    hits = [hit.uscc for page in (first, *rest) for hit in page.items]
    assert first.total == len(hits)
    return hits


class TestReference:
    @pytest.mark.proof
    @PROPERTY
    @given(rows=ROWS, pieces=PIECES, few=st.integers(0, 4), many=st.integers(0, 6))
    def test_finds_what_looking_at_every_row_finds(self, rows, pieces, few, many):
        with pytest.MonkeyPatch.context() as patch, transaction.atomic():
            patch.setattr(search_stores, "SORTED_OF_PAIR", few)
            patch.setattr(search_stores, "SORTED_OF_PIECE", few)
            patch.setattr(search_stores, "OVERWHELMING", many)
            fill(rows)
            whole = [row[0] for row in rows] + [name[1:4] for name, *_ in rows]

            for piece in [*pieces, *whole]:
                assert found(piece) == expected(piece), piece
            transaction.set_rollback(True)

    @pytest.mark.proof
    @PROPERTY
    @given(rows=ROWS, gap=st.sampled_from([1, 2, 7, 1 << 20]), seed=st.integers(0, 99))
    def test_is_the_same_however_it_came_about(self, rows, gap, seed):
        with pytest.MonkeyPatch.context() as patch, transaction.atomic():
            patch.setattr(search_index, "_GAP", gap)
            fill(rows)
            change_some(random.Random(seed))
            grown = held()
            search_index.rebuild()

            assert grown == held()
            transaction.set_rollback(True)


def change_some(chance):
    for row in Organization.objects.all():
        if chance.random() < 0.5:
            row.name, row.status = row.name[::-1] + "改", "DEREGISTERED"
            row.save()
            OrganizationName.objects.filter(organization=row).delete()
            search_index.refresh(pl.Series([row.pk]))


def held():
    """Return the entries in order, and on PostgreSQL how often each pair occurs."""
    entries = bulk.fetch(
        "SELECT organization_id, band, code, names, initials"
        " FROM organizations_search ORDER BY place"
    )
    counted = []
    if isinstance(search_stores.store(), search_stores.PostgresStore):
        counted = bulk.fetch(
            "SELECT gram, frequency FROM organizations_search_gram"
            " WHERE frequency > 0 ORDER BY gram"
        )
    return entries, counted


class TestRefresh:
    def test_forgets_the_name_that_was(self):
        (code,) = register.add("示例旧厂")
        row = Organization.objects.get(uscc=code)
        Organization.objects.update(name="示例新厂")
        OrganizationName.objects.all().delete()

        search_index.refresh(pl.Series([row.pk]))

        assert found("旧厂") == []
        assert found("新厂") == [code]

    def test_forgets_an_organization_that_is_gone(self):
        (code,) = register.add("示例一厂")
        row = Organization.objects.get(uscc=code)
        key = row.pk
        row.delete()

        search_index.refresh(pl.Series([key]))

        assert found("示例") == []

    def test_takes_no_keys_at_all(self):
        search_index.refresh(pl.Series([], dtype=pl.Int64))

        assert found("示例") == []

    def test_indexes_all_at_once_where_many_are_new(self, monkeypatch):
        monkeypatch.setattr(search_index, "_FEW", 3)

        codes = register.add(*(f"示例{number}厂" for number in "一二三四五六"))

        assert found("示例") == sorted(codes)

    def test_undoes_itself_with_the_act_that_failed(self):
        with transaction.atomic():
            register.add("示例一厂")
            transaction.set_rollback(True)

        assert found("示例") == []

    def test_keeps_new_codes_in_order_for_a_long_time(self, monkeypatch):
        """Codes come ascending; five months of days must not fill a gap."""
        register.add("示例甲厂", "示例长长名厂")
        monkeypatch.setattr(search_index, "rebuild", pytest.fail)

        codes = [register.add(f"示例{day:03}")[0] for day in range(150)]

        assert found("示例0") == codes[:100]
