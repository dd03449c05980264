"""The catalog that is shipped, against what the bulletin and the standard say."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from xinheng.core.catalog import headers
from xinheng.core.catalog.datasets import (
    Dataset,
    DisclosureClass,
    SubjectKind,
)
from xinheng.core.catalog.fields import Field, FieldType, Personal
from xinheng.rulebook import catalog

PRINTED = Path(__file__).parents[3] / "shared" / "data" / "bulletin-2019-05-printed.csv"


def words(text: str) -> list[str]:
    """Return the names of a list that is written as a paragraph."""
    return text.split()


CATEGORIES = words(
    """
    permit penalty supervised_sector joint_restriction_case repair_training_case
    list_exit_deregistered list_exit_corrected repair_training_organization
    reminder_interview repair_completed joint_incentive_case national_list_feedback
    local_recognition_list local_exclusion_list integrity_campaign benefit_use
    business_environment credit_information
    """
)

DATA_KINDS = words(
    """
    social_insurance_participation driver_licence_approval traffic_violation
    vehicle_registration loan guarantee default procurement_agency_registration
    tax_registration permit penalty judgment abnormal_operation
    """
)

# What the registrars return; it feeds the register of organizations.
# Row 14 of the bulletin: what government bodies promise and owe.
GOVERNMENT = ("government_arrears", "government_commitment")
REGISTRATIONS = words(
    """
    market_registration civil_affairs_registration institution_registration
    organ_registration
    """
)

PERMIT_CODES = words(
    """
    XK_XDR_MC XK_XDR_LB XK_XDR_SHXYM XK_XDR_GSZC XK_XDR_ZZJG XK_XDR_SWDJ XK_XDR_SYDW
    XK_XDR_SHZZ XK_FRDB XK_FR_ZJLX XK_FR_ZJHM XK_XDR_ZJLX XK_XDR_ZJHM XK_XKWS XK_WSH
    XK_XKLB XK_XKZS XK_XKBH XK_NR XK_JDRQ XK_YXQZ XK_YXQZI XK_XKJG XK_XKJGDM XK_ZT
    XK_LYDW XK_LYDWDM BZ
    """
)

PENALTY_CODES = words(
    """
    CF_XDR_MC CF_XDR_LB CF_XDR_SHXYM CF_XDR_GSZC CF_XDR_ZZJG CF_XDR_SWDJ CF_XDR_SYDW
    CF_XDR_SHZZ CF_FRDB CF_FR_ZJLX CF_FR_ZJHM CF_XDR_ZJLX CF_XDR_ZJHM CF_WSH CF_WFXW
    CF_SY CF_YJ CF_CFLB CF_NR CF_NR_FK CF_NR_WFFF CF_NR_ZKDX CF_JDRQ CF_YXQ CF_GSJZQ
    CF_CFJG CF_CFJGDM CF_SJLY CF_SJLYDM BZ
    """
)


def read_printed() -> list[list[str]]:
    return list(csv.reader(PRINTED.read_text("utf-8-sig").splitlines()))


def find_field(dataset: Dataset, header: str) -> Field:
    """Return the field that a header means, as the matching of columns does."""
    wanted = headers.normalize(header)
    [field] = [
        field
        for field in dataset.fields
        if wanted in {headers.normalize(own) for own in field.headers}
    ]
    return field


class TestUnits:
    def test_are_48_in_a_row(self) -> None:
        units = catalog.units()

        assert [unit.position for unit in units] == list(range(1, 49))
        assert [unit.code for unit in units] == [f"U{n:02d}" for n in range(1, 49)]

    def test_carry_the_fictional_city_in_place_of_the_real_one(self) -> None:
        names = {unit.position: unit.name for unit in catalog.units()}

        assert names[1] == "行政审批局"
        assert (names[8], names[9]) == ("示例海关", "示例港海关")
        assert names[43] == "人民银行示例市中心支行"
        assert names[48] == "烟草专卖局"
        assert not [name for name in names.values() if "营口" in name or "鲅" in name]

    def test_have_a_name_of_their_own_in_each_language(self) -> None:
        units = catalog.units()

        assert len({unit.name for unit in units}) == 48
        assert len({unit.name_en for unit in units}) == 48
        assert all(unit.name_en.isascii() for unit in units)

    @pytest.mark.shared_data
    @pytest.mark.skipif(not PRINTED.exists(), reason="shared data is absent")
    def test_stand_as_in_the_printed_table(self) -> None:
        printed = [row[1] for row in read_printed() if row[0].isdigit()]

        fictional = [
            name.replace("鲅鱼圈", "示例港").replace("营口", "示例") for name in printed
        ]

        assert fictional == [unit.name for unit in catalog.units()]


class TestCategories:
    def test_are_the_18_columns_in_order(self) -> None:
        assert [category.name for category in catalog.categories()] == CATEGORIES

    @pytest.mark.shared_data
    @pytest.mark.skipif(not PRINTED.exists(), reason="shared data is absent")
    def test_carry_the_printed_titles(self) -> None:
        header = read_printed()[0]

        titles = [category.title for category in catalog.categories()]

        assert titles == header[2:20]

    @pytest.mark.parametrize("category", CATEGORIES)
    def test_each_is_counted_from_one_item(self, category: str) -> None:
        [counted] = [item for item in catalog.datasets() if item.category == category]

        assert counted.name == category


class TestDatasets:
    def test_cover_the_13_kinds_of_data_of_the_bulletin(self) -> None:
        kinds = {item.name for item in catalog.datasets() if item.data_kind}

        assert kinds == set(DATA_KINDS)

    def test_are_the_kinds_the_columns_and_the_registrars_returns(self) -> None:
        names = [item.name for item in catalog.datasets()]

        assert names == sorted({*CATEGORIES, *DATA_KINDS, *REGISTRATIONS, *GOVERNMENT})

    def test_on_a_day_before_any_edition_are_none(self) -> None:
        assert catalog.datasets(date(2000, 1, 1)) == ()

    def test_on_a_day_are_those_in_force(self) -> None:
        names = [item.name for item in catalog.datasets(date(2018, 12, 31))]

        assert names == ["penalty", "permit"]

    def test_are_all_in_force_in_the_month_of_the_bulletin(self) -> None:
        assert catalog.datasets(date(2019, 5, 31)) == catalog.datasets()

    def test_are_found_by_name_and_edition(self) -> None:
        assert catalog.dataset("permit") is catalog.dataset("permit", "2018")

    @pytest.mark.parametrize("edition", [None, "1999"])
    def test_that_do_not_exist_are_an_error(self, edition: str | None) -> None:
        with pytest.raises(KeyError):
            catalog.dataset("permit" if edition else "score", edition)

    @pytest.mark.parametrize("item", catalog.datasets(), ids=lambda item: item.name)
    def test_each_is_complete(self, item: Dataset) -> None:
        assert item.legal_basis
        assert any(basis.article for basis in item.legal_basis)
        assert len(item.fields) >= 5
        assert item.natural_key
        assert item.decided_on is not None
        assert item.field(item.decided_on).type is FieldType.DATE
        assert item.field(item.decided_on).required
        assert item.decided_on in item.past_dates
        assert item.authority_code is not None
        assert item.source is not None
        assert item.description is not None

    @pytest.mark.parametrize("item", catalog.datasets(), ids=lambda item: item.name)
    def test_each_names_an_organization_or_none(self, item: Dataset) -> None:
        about_organization = item.subject is SubjectKind.ORGANIZATION

        assert (item.subject_code is not None) is about_organization
        assert (item.subject_name is not None) is about_organization
        if item.subject_code is not None:
            assert item.subject_code in item.natural_key

    @pytest.mark.parametrize("item", catalog.datasets(), ids=lambda item: item.name)
    def test_each_pair_of_dates_is_one_of_dates(self, item: Dataset) -> None:
        named = [name for pair in item.date_order for name in pair]

        assert {item.field(name).type for name in (*named, *item.past_dates)} == {
            FieldType.DATE
        }

    def test_that_are_personal_by_nature_are_counts_shown_to_nobody(self) -> None:
        for name in ("driver_licence_approval", "traffic_violation"):
            item = catalog.dataset(name)

            assert item.subject is SubjectKind.COUNT
            assert item.disclosure is DisclosureClass.INTERNAL
            assert item.subject_code is None

    def test_of_the_credit_trade_need_the_consent_of_the_organization(self) -> None:
        for name in ("loan", "guarantee", "default"):
            item = catalog.dataset(name)

            assert item.disclosure is DisclosureClass.AUTHORIZED
            assert item.field("consent_no").required

    def test_of_lists_and_measures_take_no_sole_proprietor(self) -> None:
        closed = {item.name for item in catalog.datasets() if not item.sole_proprietors}

        assert closed == {
            "abnormal_operation",
            "government_arrears",
            "government_commitment",
            "joint_incentive_case",
            "joint_restriction_case",
            "list_exit_corrected",
            "list_exit_deregistered",
            "local_exclusion_list",
            "local_recognition_list",
            "national_list_feedback",
        }

    def test_that_hurt_are_marked_adverse(self) -> None:
        harmless = {
            item.name
            for item in catalog.datasets()
            if item.subject is SubjectKind.ORGANIZATION and not item.adverse
        }

        assert harmless == {
            "benefit_use",
            "government_commitment",
            "guarantee",
            "joint_incentive_case",
            "loan",
            "local_recognition_list",
            "permit",
            "procurement_agency_registration",
            "social_insurance_participation",
            "tax_registration",
            "vehicle_registration",
            *REGISTRATIONS,
        }


class TestPermit:
    def test_has_the_28_columns_of_2018_in_order(self) -> None:
        codes = [field.code for field in catalog.dataset("permit").fields]

        assert codes == PERMIT_CODES

    @pytest.mark.parametrize(
        ("header", "name"),
        [
            ("行政相对人名称", "subject_name"),
            ("xk_xkjgdm", "authority_uscc"),
            ("xkXdrShxym", "uscc"),
            ("行政相对人代码_1（统一社会信用代码）", "uscc"),
            ("统一社会信用代码", "uscc"),
            ("XK_YXQZ", "valid_from"),
            ("XK_YXQZI", "valid_to"),
            ("XK_FDDB", "legal_rep_name"),
            ("XK_FR_SFZH", "legal_rep_id_no"),
            ("XK_XDR_GSDJ", "business_reg_no"),
            ("XK_XDR_ZDM", "org_code"),
            ("decision_date", "decided_on"),
        ],
    )
    def test_knows_older_and_local_headers(self, header: str, name: str) -> None:
        assert find_field(catalog.dataset("permit"), header).name == name

    def test_requires_what_the_standard_requires_of_organizations(self) -> None:
        required = {
            field.code for field in catalog.dataset("permit").fields if field.required
        }

        assert required == {
            *("XK_XDR_MC", "XK_XDR_LB", "XK_XDR_SHXYM", "XK_XKWS", "XK_WSH", "XK_XKLB"),
            *("XK_NR", "XK_JDRQ", "XK_YXQZ", "XK_YXQZI", "XK_XKJG", "XK_XKJGDM"),
            *("XK_ZT", "XK_LYDW", "XK_LYDWDM"),
        }

    def test_is_due_within_seven_working_days(self) -> None:
        assert catalog.dataset("permit").report_within == 7


class TestPenalty:
    def test_has_the_30_columns_of_2018_in_order(self) -> None:
        codes = [field.code for field in catalog.dataset("penalty").fields]

        assert codes == PENALTY_CODES

    @pytest.mark.parametrize(
        ("older", "newer"),
        [
            ("CF_XDR_ZDM", "CF_XDR_ZZJG"),
            ("CF_XDR_GSDJ", "CF_XDR_GSZC"),
            ("CF_FR", "CF_FRDB"),
            ("CF_JG", "CF_NR"),
            ("CF_XZJG", "CF_CFJG"),
            ("CF_CFLB1", "CF_CFLB"),
            ("CF_XDR_SFZ", "CF_XDR_ZJHM"),
            ("CF_FR_SFZH", "CF_FR_ZJHM"),
        ],
    )
    def test_knows_the_names_before_2018(self, older: str, newer: str) -> None:
        assert find_field(catalog.dataset("penalty"), older).code == newer

    def test_counts_fines_in_units_of_ten_thousand_yuan(self) -> None:
        fine = catalog.dataset("penalty").field("fine_amount")

        assert (fine.unit, fine.decimal_places) == ("万元", 6)
        assert fine.required_for == ("penalty_types", "罚款")
        assert fine.stated_in == ("penalty_content", "罚款")

    def test_asks_for_the_amount_of_what_is_confiscated(self) -> None:
        amount = catalog.dataset("penalty").field("confiscated_amount")

        assert amount.required_for == ("penalty_types", "没收违法所得、没收非法财物")

    def test_knows_the_parts_of_a_penalty_that_holds_the_separator(self) -> None:
        aliases = dict(catalog.code_lists()["penalty_type"].aliases)

        for value in catalog.code_lists()["penalty_type"].values:
            parts = value.split("、")
            assert {aliases.get(part, part) for part in parts} == {value}


class TestColumnsAboutPersons:
    @pytest.mark.parametrize("prefix", ["XK", "CF"])
    @pytest.mark.parametrize(
        ("ending", "fate"),
        [
            ("FRDB", Personal.DROP),
            ("FR_ZJLX", Personal.DROP),
            ("FR_ZJHM", Personal.DROP),
            ("FR_SFZH", Personal.DROP),
            ("XDR_ZJLX", Personal.REFUSE),
            ("XDR_ZJHM", Personal.REFUSE),
            ("XDR_SFZ", Personal.REFUSE),
        ],
    )
    def test_are_dropped_or_refused(
        self, prefix: str, ending: str, fate: Personal
    ) -> None:
        dataset = catalog.dataset("permit" if prefix == "XK" else "penalty")

        field = find_field(dataset, f"{prefix}_{ending}")

        assert field.personal is fate
        assert not field.public

    def test_exist_in_the_national_tables_and_in_registers(self) -> None:
        holders = {
            item.name
            for item in catalog.datasets()
            if item.stored_fields != item.fields
        }

        assert holders == {"permit", "penalty", *REGISTRATIONS[:3]}


class TestCodeLists:
    def test_name_the_penalties_of_2018_and_2021(self) -> None:
        values = catalog.code_lists()["penalty_type"].values

        assert len(values) == 7 + 5
        assert "通报批评" in values

    def test_recognize_a_natural_person_to_refuse_the_row(self) -> None:
        subject_category = catalog.code_lists()["subject_category"]

        assert "自然人" in subject_category.values
        assert dict(subject_category.aliases)["01自然人"] == "自然人"

    def test_leave_out_numbers_that_differ_by_place(self) -> None:
        aliases = dict(catalog.code_lists()["subject_category"].aliases)

        assert not [alias for alias in aliases if alias.isdigit()]

    def test_are_all_used(self) -> None:
        used = {field.code_list for item in catalog.datasets() for field in item.fields}

        assert used - {None} == set(catalog.code_lists())
