"""Blemishes: the ways in which rows come in wrong, each with the rule that it breaks.

Every one is put on a valid fictional row, so that the rule is what the row is kept back
for. The personal number belongs to nobody: no division 210899 was ever assigned.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xinheng.core.catalog.datasets import Dataset, SubjectKind
from xinheng.core.catalog.fields import Field
from xinheng.core.identifiers import organization_code, uscc
from xinheng.core.screening import personal_id
from xinheng.rulebook import samples

Row = dict[str, str]

FULL_WIDTH = {ord(character): ord(character) + 0xFEE0 for character in uscc.ALPHABET}
# Fifteen digits as business registrations had them; no date stands in them.
LEGACY_CODE = "210899999000010"
OUTSIDE_THE_REGISTER = 40  # organizations that the fictional register does not hold


@dataclass(frozen=True, slots=True)
class Blemish:
    """A way to be wrong: `apply` changes a row in place, `rule` is what it breaks."""

    rule: str
    fits: Callable[[Dataset], bool]
    apply: Callable[[Row, Dataset, int], None]


def for_dataset(dataset: Dataset) -> tuple[Blemish, ...]:
    """Return the blemishes that a row of the dataset can have."""
    return tuple(blemish for blemish in BLEMISHES if blemish.fits(dataset))


def _has_subject(dataset: Dataset) -> bool:
    return dataset.subject is SubjectKind.ORGANIZATION


def _has_date(dataset: Dataset) -> bool:
    return dataset.decided_on in dataset.past_dates


def _has_code_list(dataset: Dataset) -> bool:
    return bool(_listed_fields(dataset))


def _has_remark(dataset: Dataset) -> bool:
    return any(field.name == "remark" for field in dataset.fields)


def _always(dataset: Dataset) -> bool:
    return True


def _title(dataset: Dataset, name: str | None) -> str:
    return dataset.field(name or "").title


def _code(dataset: Dataset) -> str:
    """Return the title of the column of codes: the subject's, else the unit's own."""
    return _title(dataset, dataset.subject_code or dataset.authority_code)


def _listed_fields(dataset: Dataset) -> list[Field]:
    return [each for each in dataset.stored_fields if each.code_list and each.required]


def _key_field(dataset: Dataset) -> Field:
    """Return the field of the document's number: the key's part that is no code."""
    keys = (dataset.field(name) for name in dataset.natural_key)
    return next(field for field in keys if not field.name.endswith("uscc"))


def _break_check_character(row: Row, dataset: Dataset, number: int) -> None:
    title = _code(dataset)
    body, last = row[title][:-1], row[title][-1]
    other = uscc.ALPHABET[(uscc.ALPHABET.index(last) + 1 + number) % uscc.MODULUS]
    row[title] = body + (other if other != last else uscc.ALPHABET[-1])


def _break_organization_code(row: Row, dataset: Dataset, number: int) -> None:
    """Make the inner check character wrong and the outer one right."""
    code = row[_code(dataset)]
    right = organization_code.check_character(code[8:16])
    wrong = next(digit for digit in "0123456789" if digit != right)
    body = code[:16] + wrong
    row[_code(dataset)] = body + uscc.check_character(body)


def _widen(row: Row, dataset: Dataset, number: int) -> None:
    row[_code(dataset)] = row[_code(dataset)].translate(FULL_WIDTH)


def _leave_a_placeholder(row: Row, dataset: Dataset, number: int) -> None:
    row[_code(dataset)] = "无"


def _use_an_old_number(row: Row, dataset: Dataset, number: int) -> None:
    row[_code(dataset)] = LEGACY_CODE


def _lose_digits_to_a_spreadsheet(row: Row, dataset: Dataset, number: int) -> None:
    row[_code(dataset)] = "9.12109E+17"


def _date_in_the_future(row: Row, dataset: Dataset, number: int) -> None:
    row[_title(dataset, dataset.decided_on)] = "2099-01-01"


def _misspell_the_date(row: Row, dataset: Dataset, number: int) -> None:
    row[_title(dataset, dataset.decided_on)] = "2019-05-32"


def _leave_out_the_number(row: Row, dataset: Dataset, number: int) -> None:
    row[_key_field(dataset).title] = ""


def _leave_the_list(row: Row, dataset: Dataset, number: int) -> None:
    row[_listed_fields(dataset)[0].title] = "说不清"


def _write_a_personal_number(row: Row, dataset: Dataset, number: int) -> None:
    row[_title(dataset, "remark")] = f"联系人证件号码 {personal_number(number)}"


def _name_another(row: Row, dataset: Dataset, number: int) -> None:
    row[_title(dataset, dataset.subject_name)] = _stranger(number).name


def _name_a_stranger(row: Row, dataset: Dataset, number: int) -> None:
    stranger = _stranger(number)
    row[_title(dataset, dataset.subject_name)] = stranger.name
    row[_code(dataset)] = stranger.code
    for field in dataset.stored_fields:
        if field.name == "org_code":
            row[field.title] = stranger.code[8:17]


def _stranger(number: int) -> samples.FictionalOrganization:
    """Return a company of the fictional city that its register does not hold."""
    beyond = samples.organizations(samples.POOL + OUTSIDE_THE_REGISTER)[samples.POOL :]
    companies = [each for each in beyond if each.kind is samples.Kind.COMPANY]
    return companies[number % len(companies)]


def personal_number(serial: int) -> str:
    """Return a well-formed resident identity number that nobody bears."""
    body = f"21089919850101{serial % 1000:03d}"
    total = sum(
        int(digit) * weight
        for digit, weight in zip(body, personal_id.WEIGHTS, strict=True)
    )
    return body + personal_id.CHECK_CHARACTERS[total % personal_id.MODULUS]


BLEMISHES = (
    Blemish("USCC_CHECK", _always, _break_check_character),
    Blemish("REQUIRED", _always, _leave_out_the_number),
    Blemish("DATE_FUTURE", _has_date, _date_in_the_future),
    Blemish("PERSONAL_ID", _has_remark, _write_a_personal_number),
    Blemish("USCC_WIDTH", _always, _widen),
    Blemish("UNKNOWN_ORGANIZATION", _has_subject, _name_a_stranger),
    Blemish("DATE_FORMAT", _has_date, _misspell_the_date),
    Blemish("NAME_MISMATCH", _has_subject, _name_another),
    Blemish("ORG_CODE_CHECK", _always, _break_organization_code),
    Blemish("CODE_LIST", _has_code_list, _leave_the_list),
    Blemish("CODE_PLACEHOLDER", _has_subject, _leave_a_placeholder),
    Blemish("LEGACY_CODE", _has_subject, _use_an_old_number),
    Blemish("EXCEL_NUMBER", _has_subject, _lose_digits_to_a_spreadsheet),
)
