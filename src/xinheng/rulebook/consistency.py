"""What must hold between the parts of a rulebook before anyone may use it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from itertools import combinations

from xinheng.core.catalog import headers
from xinheng.core.catalog.datasets import CodeList, Dataset
from xinheng.core.catalog.fields import Field, FieldType
from xinheng.core.submissions import amounts, findings
from xinheng.core.submissions.findings import Rule
from xinheng.rulebook.reading import Place

FEWEST_FIELDS = 5

_ROLES = (
    "decided_on",
    "subject_code",
    "subject_name",
    "subject_category",
    "authority_code",
)


def check_dataset(
    dataset: Dataset,
    place: Place,
    *,
    categories: Collection[str],
    code_lists: Mapping[str, CodeList],
) -> None:
    """Refuse an item that contradicts itself or names what doesn't exist.

    Raises:
        RulebookError: with the first contradiction.
    """
    _check_basis(dataset, place)
    _check_names(dataset, place)
    _check_references(dataset, place)
    if dataset.category is not None and dataset.category not in categories:
        raise place.at("category").error(f"{dataset.category!r} is no category")
    for field in dataset.fields:
        _check_field(field, dataset, place.at("fields").at(field.name), code_lists)


def check_editions(datasets: Iterable[tuple[Dataset, Place]]) -> None:
    """Refuse two editions of an item that are in force on one day.

    Raises:
        RulebookError: naming the file of the later one.
    """
    for (first, _), (second, place) in combinations(datasets, 2):
        if first.name != second.name:
            continue
        if first.edition == second.edition:
            raise place.at("edition").error(f"{second.edition!r} is given twice")
        if _overlap(first, second):
            raise place.at("effective_on").error(
                f"overlaps the edition {first.edition!r}"
            )


def check_code_list(code_list: CodeList, place: Place) -> None:
    """Refuse a code list with double values, or an alias of a value it doesn't have.

    Raises:
        RulebookError: with the first contradiction.
    """
    if double := find_double(code_list.values):
        raise place.at("values").error(f"{double!r} is given twice")
    meant = {value for _, value in code_list.aliases} | set(code_list.with_remark)
    for value in sorted(meant - set(code_list.values)):
        raise place.at("aliases").error(f"{value!r} is no value of the list")


def check_rule(rule: Rule, place: Place) -> None:
    """Refuse a text with a placeholder that nobody fills.

    Raises:
        RulebookError: with the placeholder.
    """
    try:
        findings.describe(rule, title="", title_en="", limit="")
    except (KeyError, IndexError, ValueError) as error:
        raise place.error(f"holds an unknown placeholder: {error}") from error


def find_double(texts: Iterable[str]) -> str | None:
    """Return the first text that occurs twice, null where none does."""
    seen: set[str] = set()
    for text in texts:
        if text in seen:
            return text
        seen.add(text)
    return None


def _check_basis(dataset: Dataset, place: Place) -> None:
    if not dataset.draft and not dataset.activatable:
        raise place.at("legal_basis").error(
            "no text with its article allows the collection; the item stays a draft"
        )


def _check_names(dataset: Dataset, place: Place) -> None:
    if len(dataset.fields) < FEWEST_FIELDS:
        raise place.at("fields").error(f"must be at least {FEWEST_FIELDS}")
    if double := find_double(field.name for field in dataset.fields):
        raise place.at("fields").error(f"{double!r} is given twice")
    if double := find_double(_own_headers(dataset)):
        raise place.at("fields").error(f"the header {double!r} means two fields")


def _own_headers(dataset: Dataset) -> Iterator[str]:
    for field in dataset.fields:
        yield from {headers.normalize(header) for header in field.headers}


def _check_references(dataset: Dataset, place: Place) -> None:
    names = {field.name for field in dataset.fields}
    named = [("natural_key", name) for name in dataset.natural_key]
    named += [("past_dates", name) for name in dataset.past_dates]
    named += [("date_order", name) for pair in dataset.date_order for name in pair]
    named += [(role, name) for role in _ROLES if (name := getattr(dataset, role))]
    if not dataset.natural_key:
        raise place.at("natural_key").error("names no field")
    for key, name in named:
        if name not in names:
            raise place.at(key).error(f"{name!r} is no field of the item")
    for name in dataset.natural_key:
        if not dataset.field(name).required:
            raise place.at("natural_key").error(f"{name!r} is not required")


def _check_field(
    field: Field, dataset: Dataset, place: Place, code_lists: Mapping[str, CodeList]
) -> None:
    if field.code_list is not None and field.code_list not in code_lists:
        raise place.at("code_list").error(f"{field.code_list!r} is no code list")
    if field.required and field.personal is not None:
        raise place.at("required").error("a column about persons can't be required")
    if field.required_for is not None:
        _check_condition(field.required_for, dataset, place, code_lists)
    if field.stated_in is not None:
        _check_statement(field, field.stated_in[0], dataset, place)


def _check_statement(field: Field, name: str, dataset: Dataset, place: Place) -> None:
    texts = {other.name for other in dataset.stored_fields if _is_free_text(other)}
    if name not in texts:
        raise place.at("stated_in").error(f"{name!r} is no text of the item")
    if field.type is not FieldType.DECIMAL or field.unit not in amounts.UNITS:
        raise place.at("stated_in").error("needs a decimal in 元 or 万元")


def _is_free_text(field: Field) -> bool:
    return field.type is FieldType.TEXT and field.code_list is None


def _check_condition(
    condition: tuple[str, str],
    dataset: Dataset,
    place: Place,
    code_lists: Mapping[str, CodeList],
) -> None:
    name, value = condition
    for candidate in dataset.fields:
        known = code_lists.get(candidate.code_list or "")
        if candidate.name == name and known and value in known.values:
            return
    raise place.at("required_for").error(f"{name!r} never holds {value!r}")


def _overlap(first: Dataset, second: Dataset) -> bool:
    return first.effective_on < (
        second.expires_on or date.max
    ) and second.effective_on < (first.expires_on or date.max)
