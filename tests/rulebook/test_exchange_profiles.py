"""Profiles of exchange: each can stand, and what can't is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from xinheng.core.catalog.datasets import Verification
from xinheng.core.exchange.profiles import Carrier, Form, Mode
from xinheng.rulebook import catalog, exchange_profiles
from xinheng.rulebook.failures import RulebookError

FOLDER = Path(exchange_profiles.__file__).with_name("exchange")
KNOWN = {item.name: item for item in catalog.datasets()}


def changed(tmp_path, *pairs, name="province-drop"):
    text = (FOLDER / f"{name}.toml").read_text("utf-8")
    for right, wrong in pairs:
        assert right in text
        text = text.replace(right, wrong, 1)
    file = tmp_path / f"{name}.toml"
    file.write_text(text, "utf-8")
    return file


class TestProfiles:
    def test_cover_the_modes_forms_and_carriers(self):
        found = exchange_profiles.profiles().values()

        assert {each.mode for each in found} == set(Mode)
        assert {each.form for each in found} == set(Form)
        assert {each.carrier for each in found} == set(Carrier) - {Carrier.FILE}

    def test_say_that_their_details_are_not_verified(self):
        for profile in exchange_profiles.profiles().values():
            assert profile.verification is Verification.UNVERIFIED
            assert "limits" in profile.unverified

    def test_send_no_column_about_a_person(self):
        for profile in exchange_profiles.profiles().values():
            for sheet in profile.sheets:
                personal = {
                    field.name
                    for field in KNOWN[sheet.dataset].fields
                    if field.personal is not None
                }
                assert not personal & {column.name for column in sheet.columns}


class TestLoad:
    @pytest.mark.parametrize(
        ("right", "wrong", "key"),
        [
            ('  { name = "decision_no"', '  { name = "no_such"', "columns"),
            ('  ["_action", "CZBS"],\n', "", "columns"),
            (
                '["authority_uscc", "decision_no", "uscc"]',
                '["uscc", "uscc"]',
                "natural_key",
            ),
            ("rows = 10000", "rows = 0", "limits.rows"),
            ("bytes = 10000000", "bytes = 12", "limits.bytes"),
            ('encoding = "gb18030"', 'encoding = "gb9999"', "encoding"),
            ('withdraw = "0"', 'withdraw = "1"', "withdraw"),
            ('date_format = "%Y/%m/%d"', 'date_format = "%d.%m."', "date_format"),
            ("{package}", "{dataset}", "file_name"),
            ('title = "XK_XDR_LB"', 'title = "XK_XDR_MC"', "titles"),
            ('dates = ["decided_on"', 'dates = ["uscc"', "dates"),
            ('dataset = "permit"', 'dataset = "no_such"', "no_such"),
        ],
    )
    def test_names_what_can_not_stand(self, tmp_path, right, wrong, key):
        with pytest.raises(RulebookError) as refused:
            exchange_profiles.load(changed(tmp_path, (right, wrong)), KNOWN)

        assert key in refused.value.key

    def test_takes_the_file_as_it_is(self, tmp_path):
        assert exchange_profiles.load(changed(tmp_path), KNOWN).name == "province-drop"
