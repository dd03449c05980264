"""What the catalog allows, in the words of a finding's `{limit}`."""

from __future__ import annotations

from collections.abc import Mapping

from xinheng.core.catalog.datasets import CodeList, Dataset
from xinheng.core.catalog.fields import Field


def limit(
    rule: str,
    field: Field | None,
    dataset: Dataset,
    *,
    code_lists: Mapping[str, CodeList],
) -> str:
    """Return what the rule allows for a field; empty where it names no limit.

    `field` is null where the finding is about the whole row.
    """
    if rule in {"LATE", "LATE_PROVISIONAL", "CALENDAR_UNKNOWN"}:
        return str(dataset.report_within or "")
    if rule == "DUPLICATE_KEY":
        return "、".join(dataset.field(name).title for name in dataset.natural_key)
    return _of_field(rule, field, dataset, code_lists) if field else ""


def _of_field(
    rule: str, field: Field, dataset: Dataset, code_lists: Mapping[str, CodeList]
) -> str:
    if rule == "LENGTH":
        return str(field.max_length or "")
    if rule == "CODE_LIST" and field.code_list:
        return "、".join(code_lists[field.code_list].values)
    if rule == "AMOUNT":
        return _range(field)
    if rule == "NUMBER_FORMAT":
        return _number_form(field)
    if rule == "DATE_ORDER":
        return "、".join(_other_dates(field.name, dataset))
    return ""


def _range(field: Field) -> str:
    lowest = "" if field.minimum is None else f"≥ {field.minimum}"
    highest = "" if field.maximum is None else f"≤ {field.maximum}"
    return ", ".join(bound for bound in (lowest, highest) if bound)


def _number_form(field: Field) -> str:
    places = field.decimal_places or 0
    return f"0.{'0' * places}" if places else "0"


def _other_dates(name: str, dataset: Dataset) -> list[str]:
    """Return the titles of the dates that this one is compared with."""
    return [
        dataset.field(later if name == earlier else earlier).title
        for earlier, later in dataset.date_order
        if name in {earlier, later}
    ]
