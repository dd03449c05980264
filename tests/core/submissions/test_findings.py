"""The texts of a finding."""

from __future__ import annotations

from xinheng.core.submissions.findings import Rule, Severity, describe

RULE = Rule(
    code="LENGTH",
    severity=Severity.ERROR,
    message_zh="“{title}”超过{limit}个字符。",
    message_en="{title} is longer than {limit} characters.",
    advice_zh="请缩短。",
    advice_en="Shorten it.",
)


class TestDescribe:
    def test_names_the_column_in_each_language(self) -> None:
        text = describe(RULE, title="备注", title_en="Remark", limit="512")

        assert text.message_zh == "“备注”超过512个字符。"
        assert text.message_en == "Remark is longer than 512 characters."
        assert (text.advice_zh, text.advice_en) == ("请缩短。", "Shorten it.")

    def test_speaks_of_the_row_where_no_column_is_meant(self) -> None:
        text = describe(RULE, title="", title_en="", limit="512")

        assert text.message_zh == "“本行”超过512个字符。"
        assert text.message_en == "The row is longer than 512 characters."
