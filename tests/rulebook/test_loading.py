"""A rulebook with a mistake in it is refused, and the mistake is named."""

from __future__ import annotations

import shutil
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from xinheng.rulebook import catalog
from xinheng.rulebook.failures import RulebookError

ITEM = "items/loan.toml"


@pytest.fixture
def rulebook(tmp_path: Path) -> Path:
    """A copy of the shipped rulebook, to be spoiled."""
    source = Path(str(files("xinheng.rulebook")))
    copy = tmp_path / "rulebook"
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return copy


def replace(rulebook: Path, file: str, old: str, new: str) -> None:
    """Replace the first occurrence of a text that must be there."""
    path = rulebook / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def add(rulebook: Path, file: str, text: str) -> None:
    """Write a text behind the content of a file."""
    with (rulebook / file).open("a", encoding="utf-8") as stream:
        stream.write(text)


def remove_bases(rulebook: Path) -> None:
    """Take every legal basis from the item."""
    text = (rulebook / ITEM).read_text("utf-8")
    head, rest = text.split("[[legal_basis]]")
    _, fields = rest.split("[[fields]]", 1)
    spoiled = f"{head}legal_basis = []\n\n[[fields]]{fields}"
    (rulebook / ITEM).write_text(spoiled, "utf-8")


def load_spoiled(rulebook: Path) -> RulebookError:
    """Return the error that loading ends with."""
    with pytest.raises(RulebookError) as caught:
        catalog.load(rulebook)
    return caught.value


class TestLoad:
    def test_reads_the_shipped_rulebook(self, rulebook: Path) -> None:
        assert len(catalog.load(rulebook).editions) == 35

    @pytest.mark.parametrize(
        ("file", "old", "new", "item", "key", "problem"),
        [
            (ITEM, "frequency =", "frequenzy =", "loan", "frequenzy", "not a known"),
            (ITEM, 'frequency = "monthly"\n', "", "loan", "frequency", "is missing"),
            (ITEM, '"monthly"', '"daily"', "loan", "frequency", "none of working_days"),
            (ITEM, '"monthly"', "3", "loan", "frequency", "3 is none of"),
            (ITEM, "2019-01-01", '"2019"', "loan", "effective_on", "is no date"),
            (ITEM, "required = true", "required = 1", "loan", "fields.3.required", "1"),
            (ITEM, '"loan"', '""', "", "name", "is empty"),
            (
                *(ITEM, "max_length = 64", 'max_length = "64"'),
                *("loan", "fields.3.max_length", "is no int"),
            ),
            (
                *(ITEM, '["authority_uscc", "contract_no", "uscc"]', '"contract_no"'),
                *("loan", "natural_key", "is no list"),
            ),
            (
                *(ITEM, '[["signed_on", "due_on"]]', '[["signed_on"]]'),
                *("loan", "date_order.1", "must have 2 entries"),
            ),
        ],
    )
    def test_names_a_key_that_is_wrong(
        self,
        rulebook: Path,
        file: str,
        old: str,
        new: str,
        item: str,
        key: str,
        problem: str,
    ) -> None:
        replace(rulebook, file, old, new)

        error = load_spoiled(rulebook)

        assert (error.file, error.item, error.key) == (file, item, key)
        assert problem in error.problem

    @pytest.mark.parametrize(
        ("old", "new", "key", "problem"),
        [
            (
                'name = "loan_kind"',
                'name = "amount"',
                "fields",
                "'amount' is given twi",
            ),
            ('title = "贷款种类"', 'title = "到期日期"', "fields", "means two fields"),
            ('use = "remark"', 'use = "remarks"', "fields", "no field of fields.toml"),
            ('"contract_no", "uscc"]', '"number", "uscc"]', "natural_key", "no field"),
            ('"contract_no", "uscc"]', '"remark", "uscc"]', "natural_key", "required"),
            (
                '["authority_uscc", "contract_no", "uscc"]',
                "[]",
                "natural_key",
                "no fie",
            ),
            ('"signed_on", "due_on"', '"signed_on", "end"', "date_order", "'end'"),
            ('past_dates = ["signed_on"]', 'past_dates = ["on"]', "past_dates", "'on'"),
            ('decided_on = "signed_on"', 'decided_on = "on"', "decided_on", "'on'"),
            ('subject_code = "uscc"', 'subject_code = "id"', "subject_code", "'id'"),
            (
                *('code_list = "loan_kind"', 'code_list = "kinds"'),
                *("fields.loan_kind.code_list", "'kinds' is no code list"),
            ),
            (
                *('disclosure = "authorized"', 'disclosure = "public"\ncategory = "x"'),
                *("category", "'x' is no category"),
            ),
            (
                *('name = "contract_no"', 'name = "contract_no"\npersonal = "drop"'),
                *("fields.contract_no.required", "persons"),
            ),
            (
                *(
                    'name = "due_on"',
                    'name = "due_on"\nrequired_for = ["loan_kind", ""]',
                ),
                *("fields.7.2", "is empty"),
            ),
            (
                *(
                    'title = "到期日期"',
                    'title = "到期日"\nrequired_for = ["remark", "x"]',
                ),
                *("fields.due_on.required_for", "never holds"),
            ),
            (
                *(
                    'title = "到期日期"',
                    'title = "到期日"\nstated_in = ["words", "罚款"]',
                ),
                *("fields.due_on.stated_in", "'words' is no text"),
            ),
            (
                *(
                    'title = "到期日期"',
                    'title = "到期日"\nstated_in = ["contract_no", "罚款"]',
                ),
                *("fields.due_on.stated_in", "needs a decimal"),
            ),
        ],
    )
    def test_refuses_an_item_that_contradicts_itself(
        self, rulebook: Path, old: str, new: str, key: str, problem: str
    ) -> None:
        replace(rulebook, ITEM, old, new)

        error = load_spoiled(rulebook)

        assert (error.file, error.item) == (ITEM, "loan")
        assert key.split(".")[0] == error.key.split(".")[0]
        assert key.split(".")[-1] == error.key.split(".")[-1]
        assert problem in error.problem

    def test_refuses_an_item_of_four_fields(self, rulebook: Path) -> None:
        text = (rulebook / ITEM).read_text("utf-8")
        head, *fields = text.split("[[fields]]")
        (rulebook / ITEM).write_text("[[fields]]".join([head, *fields[:4]]), "utf-8")

        error = load_spoiled(rulebook)

        assert (error.key, error.problem) == ("fields", "must be at least 5")

    def test_refuses_an_item_without_a_legal_basis(self, rulebook: Path) -> None:
        remove_bases(rulebook)

        error = load_spoiled(rulebook)

        assert (error.item, error.key) == ("loan", "legal_basis")

    def test_refuses_a_basis_that_names_no_article(self, rulebook: Path) -> None:
        article = 'article = "第十三类 经营主体自愿提供的信用信息"\n'
        replace(rulebook, ITEM, article, "")

        error = load_spoiled(rulebook)

        assert (error.key, error.problem) == ("legal_basis.1.article", "is missing")

    def test_takes_it_as_a_draft_that_is_not_in_force(self, rulebook: Path) -> None:
        remove_bases(rulebook)
        replace(rulebook, ITEM, "natural_key", "draft = true\nnatural_key")

        [loan] = [
            edition
            for edition in catalog.load(rulebook).editions
            if edition.name == "loan"
        ]

        assert loan.draft
        assert not loan.activatable

    def test_refuses_two_editions_in_force_on_one_day(self, rulebook: Path) -> None:
        shutil.copy(rulebook / ITEM, rulebook / "items/loan-2020.toml")
        replace(rulebook, "items/loan-2020.toml", '"2019"', '"2020"')
        replace(rulebook, "items/loan-2020.toml", "2019-01-01", "2020-01-01")

        error = load_spoiled(rulebook)

        assert error.key == "effective_on"
        assert "overlaps the edition" in error.problem

    def test_refuses_an_edition_given_twice(self, rulebook: Path) -> None:
        shutil.copy(rulebook / ITEM, rulebook / "items/loan-again.toml")

        error = load_spoiled(rulebook)

        assert (error.key, error.problem) == ("edition", "'2019' is given twice")

    def test_takes_an_edition_that_follows_another(self, rulebook: Path) -> None:
        shutil.copy(rulebook / ITEM, rulebook / "items/loan-2020.toml")
        replace(rulebook, "items/loan-2020.toml", '"2019"', '"2020"')
        replace(rulebook, "items/loan-2020.toml", "2019-01-01", "2020-01-01")
        replace(rulebook, ITEM, "2019-01-01", "2019-01-01\nexpires_on = 2020-01-01")

        editions = catalog.load(rulebook).editions

        loans = [edition.effective_on for edition in editions if edition.name == "loan"]
        assert sorted(loans) == [date(2019, 1, 1), date(2020, 1, 1)]

    def test_refuses_a_file_that_is_no_toml(self, rulebook: Path) -> None:
        add(rulebook, ITEM, "= nothing")

        error = load_spoiled(rulebook)

        assert error.file == ITEM
        assert "is no TOML" in error.problem

    @pytest.mark.parametrize(
        "line", ["fields = 3", 'fields = ["remark"]', "fields = [[]]"]
    )
    def test_refuses_fields_that_are_no_tables(self, rulebook: Path, line: str) -> None:
        head, _ = (rulebook / ITEM).read_text("utf-8").split("[[legal_basis]]", 1)
        (rulebook / ITEM).write_text(f"{head}{line}\nlegal_basis = []\n", "utf-8")

        error = load_spoiled(rulebook)

        assert error.key.startswith("fields")
        assert "table" in error.problem


class TestLoadUnits:
    def test_refuses_a_position_out_of_turn(self, rulebook: Path) -> None:
        replace(rulebook, "units.toml", "position = 2\n", "position = 3\n")

        error = load_spoiled(rulebook)

        assert (error.file, error.key) == ("units.toml", "position")
        assert error.problem == "must be 2"

    def test_refuses_a_name_given_twice(self, rulebook: Path) -> None:
        replace(rulebook, "units.toml", '"司法局"', '"公安局"')

        error = load_spoiled(rulebook)

        assert (error.item, error.problem) == ("公安局", "is given twice")

    def test_refuses_anything_beside_the_units(self, rulebook: Path) -> None:
        text = (rulebook / "units.toml").read_text("utf-8")
        (rulebook / "units.toml").write_text(f'city = "x"\n{text}', "utf-8")

        assert "alone" in load_spoiled(rulebook).problem


class TestLoadCodeLists:
    def test_refuses_an_alias_of_no_value(self, rulebook: Path) -> None:
        replace(rulebook, "code_lists.toml", '"01" = "普通"', '"01" = "平常"')

        error = load_spoiled(rulebook)

        assert (error.item, error.key) == ("permit_type", "aliases")

    def test_refuses_a_value_given_twice(self, rulebook: Path) -> None:
        replace(rulebook, "code_lists.toml", '"参保", "暂停"', '"参保", "参保"')

        error = load_spoiled(rulebook)

        assert (error.item, error.key) == ("participation_status", "values")

    def test_refuses_a_list_given_twice(self, rulebook: Path) -> None:
        replace(rulebook, "code_lists.toml", '"loan_kind"', '"vehicle_kind"')

        error = load_spoiled(rulebook)

        assert (error.item, error.problem) == ("vehicle_kind", "is given twice")


class TestLoadRules:
    def test_refuses_a_placeholder_that_nobody_fills(self, rulebook: Path) -> None:
        replace(rulebook, "findings.toml", "超过{limit}个", "超过{length}个")

        error = load_spoiled(rulebook)

        assert (error.file, error.item) == ("findings.toml", "LENGTH")
        assert "placeholder" in error.problem

    def test_refuses_a_rule_without_one_of_its_texts(self, rulebook: Path) -> None:
        replace(rulebook, "findings.toml", "advice_en", "advice_fr")

        error = load_spoiled(rulebook)

        assert (error.item, error.key) == ("USCC_FORMAT", "advice_fr")

    def test_refuses_a_key_outside_of_a_rule(self, rulebook: Path) -> None:
        text = (rulebook / "findings.toml").read_text("utf-8")
        (rulebook / "findings.toml").write_text(f"version = 1\n{text}", "utf-8")

        error = load_spoiled(rulebook)

        assert (error.item, error.problem) == ("version", "is no table")


class TestRulebookError:
    def test_says_where_and_what_in_one_line(self, rulebook: Path) -> None:
        replace(rulebook, ITEM, '"monthly"', '"daily"')

        error = load_spoiled(rulebook)

        assert str(error).startswith(
            "items/loan.toml: loan: frequency: 'daily' is none"
        )
        assert "\n" not in str(error)
