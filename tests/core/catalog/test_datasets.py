"""Catalog items and their fields."""

from __future__ import annotations

from datetime import date

import pytest

from xinheng.core.catalog.datasets import (
    BasisLevel,
    Dataset,
    DisclosureClass,
    Frequency,
    LegalBasis,
    SubjectKind,
    Verification,
)
from xinheng.core.catalog.fields import Field, Personal


def make_dataset(*, legal_basis: tuple[LegalBasis, ...] = ()) -> Dataset:
    return Dataset(
        name="example",
        edition="2019",
        title="示例",
        title_en="Example",
        subject=SubjectKind.ORGANIZATION,
        fields=(
            Field(
                "decision_no", "文号", "Number", code="XK_WSH", aliases=("决定书号",)
            ),
            Field("legal_rep", "法定代表人", "Person", personal=Personal.DROP),
        ),
        natural_key=("decision_no",),
        legal_basis=legal_basis,
        verification=Verification.UNVERIFIED,
        disclosure=DisclosureClass.INTERNAL,
        frequency=Frequency.MONTHLY,
        effective_on=date(2019, 1, 1),
    )


def make_basis(*, title: str = "示例法", article: str | None) -> LegalBasis:
    return LegalBasis(title, BasisLevel.LAW, article, Verification.UNVERIFIED)


class TestDataset:
    def test_finds_a_field_by_its_english_name(self) -> None:
        assert make_dataset().field("decision_no").title == "文号"

    def test_refuses_a_name_that_no_field_has(self) -> None:
        with pytest.raises(KeyError):
            make_dataset().field("XK_WSH")

    def test_stores_no_column_about_persons(self) -> None:
        stored = [field.name for field in make_dataset().stored_fields]

        assert stored == ["decision_no"]

    def test_can_be_activated_by_a_text_with_its_article(self) -> None:
        dataset = make_dataset(legal_basis=(make_basis(article="第一条"),))

        assert dataset.activatable

    @pytest.mark.parametrize(
        "bases",
        [(), (make_basis(article=None),), (make_basis(title="", article="第一条"),)],
    )
    def test_cannot_be_activated_without_one(
        self, bases: tuple[LegalBasis, ...]
    ) -> None:
        assert not make_dataset(legal_basis=bases).activatable


class TestField:
    def test_accepts_title_code_name_and_aliases_as_header(self) -> None:
        field = make_dataset().field("decision_no")

        assert field.headers == ("文号", "XK_WSH", "decision_no", "决定书号")
