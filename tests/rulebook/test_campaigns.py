"""Campaigns as data: known by name where a source names them, the others counted."""

from __future__ import annotations

import pytest

from xinheng.rulebook import campaigns
from xinheng.rulebook.failures import RulebookError

HEAD = 'announced = {}\nannounced_verification = "unverified"\nannounced_source = "s"\n'
TOPIC = """
[[topics]]
name = "finance"
title = "金融"
title_en = "Finance"
government = false
verification = "unverified"
source = "s"
"""


class TestCampaigns:
    def test_of_the_release_leave_unknown_titles_out(self):
        found = campaigns.campaigns()

        assert found.announced == 20
        assert len(found.topics) == 6
        assert found.by_name["government_dishonesty"].government

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            (HEAD.format(2) + TOPIC + TOPIC, "twice"),
            (HEAD.format(0) + TOPIC, "less than"),
            (HEAD.format(20) + TOPIC.replace("government", "public"), "public"),
        ],
    )
    def test_that_contradict_themselves_are_no_rulebook(self, tmp_path, text, problem):
        file = tmp_path / "campaigns.toml"
        file.write_text(text, "utf-8")

        with pytest.raises(RulebookError, match=problem):
            campaigns.load(file)
