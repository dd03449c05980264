"""Columns find their fields; what people assign stands over the catalog."""

from __future__ import annotations

import pytest

from xinheng.pipeline.failures import UnreadableFileError
from xinheng.pipeline.matching import Matcher, Why
from xinheng.rulebook import catalog


@pytest.fixture
def keys(permit):
    return [permit.field(name).title for name in permit.natural_key]


def refusal(call):
    with pytest.raises(UnreadableFileError) as raised:
        call()
    return raised.value


class TestFind:
    @pytest.mark.parametrize(
        ("header", "why"),
        [
            ("行政许可决定文书号", Why.TITLE),
            ("xk_wsh", Why.CODE),
            ("decision_no", Why.ENGLISH),
            ("行政许可决定书文号", Why.ALIAS),
        ],
    )
    def test_says_by_what_a_header_was_known(self, permit, header, why):
        field, found = Matcher(permit).find(header)

        assert (field.name, found) == ("decision_no", why)

    def test_puts_a_choice_over_memory_and_memory_over_the_catalog(self, permit):
        header = "行政许可决定文书号"
        remembered = {header: "certificate_no"}

        assert Matcher(permit, None, remembered).find(header) == (
            permit.field("certificate_no"),
            Why.REMEMBERED,
        )
        assert Matcher(permit, {header: ""}, remembered).find(header) == (
            None,
            Why.CHOSEN,
        )

    def test_knows_nobody_elses_headers(self, permit):
        assert Matcher(permit).find("年龄") == (None, None)

    def test_compares_chosen_headers_as_it_does_others(self, permit):
        field, _ = Matcher(permit, {"文 号(甲)": "decision_no"}).find("文号（甲）")

        assert field.name == "decision_no"


class TestMatcher:
    def test_refuses_a_chosen_field_that_is_not_there(self, permit):
        refused = refusal(lambda: Matcher(permit, {"文号": "nothing"}))

        assert refused.code == "UNKNOWN_FIELD"

    def test_forgets_a_remembered_field_that_is_not_there(self, permit):
        assert Matcher(permit, None, {"文号": "nothing"}).find("文号") == (None, None)


class TestMatch:
    def test_takes_a_chosen_column_in_place_of_a_known_header(self, permit, keys):
        header = [keys[0], "文号", keys[2]]
        match = Matcher(permit, {"文号": "decision_no"}).match(header)

        assert match.headers["文号"] == "decision_no"

    def test_refuses_two_columns_for_one_field(self, permit, keys):
        chosen = {"文号": "decision_no"}

        refused = refusal(lambda: Matcher(permit, chosen).match([*keys, "文号"]))

        assert refused.code == "DUPLICATE_COLUMN"

    def test_lets_the_other_column_be_left_out(self, permit, keys):
        chosen = {"文号": "decision_no", keys[1]: ""}

        match = Matcher(permit, chosen).match([*keys, "文号"])

        assert match.headers["文号"] == "decision_no"
        assert match.ignored == (keys[1],)

    def test_joins_the_two_columns_of_types_of_2016(self):
        penalty = catalog.dataset("penalty")
        keys = [penalty.field(name).title for name in penalty.natural_key]

        match = Matcher(penalty).match([*keys, "CF_CFLB1", "CF_CFLB2"])

        assert match.joined == {4: 3}
        assert match.headers["CF_CFLB2"] == "penalty_types"
        assert match.ignored == ()

    def test_joins_no_column_that_is_not_numbered(self):
        penalty = catalog.dataset("penalty")
        header = [penalty.field(name).title for name in penalty.natural_key]

        refused = refusal(
            lambda: Matcher(penalty).match([*header, "CF_CFLB", "CF_CFLB2"])
        )

        assert refused.code == "DUPLICATE_COLUMN"

    @pytest.mark.parametrize("name", ["permit", "penalty"])
    def test_knows_the_renamed_columns_of_2016(self, name):
        prefix = {"permit": "XK", "penalty": "CF"}[name]
        old = {
            "XDR_ZDM": "org_code",
            "XDR_GSDJ": "business_reg_no",
            "XDR_SFZ": "party_id_no",
            "FR": "legal_rep_name",
            "XZJG": "authority_name",
        }
        matcher = Matcher(catalog.dataset(name))

        found = {code: matcher.find(f"{prefix}_{code}")[0].name for code in old}

        assert found == old
