"""Shapes of wrong codes: each told for what it is."""

import pytest

from xinheng.core.identifiers import codes, uscc
from xinheng.core.linkage import shapes

VALID = "91110000600037341L"


def told(text):
    code = uscc.normalize(text)
    return shapes.findings(code, codes.classify(code))


class TestFindings:
    @pytest.mark.parametrize(
        ("text", "rules"),
        [
            (VALID, ()),
            ("无", ()),
            ("110108000000016", ()),
            ("示例市恒泰商贸有限公司", ("CODE_NAME",)),
            (f"{VALID}、91210899MA0UDGPB8G", ("CODE_SEVERAL",)),
            (VALID + VALID, ("CODE_SEVERAL",)),
            ("60003734-1", ("CODE_ORGANIZATION",)),
            ("600037341", ("CODE_ORGANIZATION",)),
            ("912108996", ("CODE_TRUNCATED",)),
            (VALID[:12], ("CODE_TRUNCATED",)),
            ("91210899QWER123451", ("CODE_INVENTED",)),
            ("91210899UUUU000001", ("CODE_INVENTED",)),
            ("210899198001011248", ()),
        ],
    )
    def test_tells_the_kinds_apart(self, text, rules):
        assert told(text) == rules

    def test_asks_more_of_a_valid_code_before_it_looks_invented(self):
        body = "91210899" + "1234567" + "0"
        valid = next(
            body + check + uscc.check_character(body + check)
            for check in "0123456789X"
            if uscc.reason(body + check + uscc.check_character(body + check)) is None
        )

        assert told(valid) == ("CODE_INVENTED",)
        assert told("91110000600037341L") == ()

    def test_knows_the_y_that_is_printed_for_a_1(self):
        bodies = (f"9121089960003{number:03d}" for number in range(1_000))
        wholes = (body + check for body in bodies for check in "0123456789X")
        ending_in_1 = next(
            body + "1" for body in wholes if uscc.reason(body + "1") is None
        )

        assert told(ending_in_1[:-1] + "Y") == ("CODE_PRINTED_Y",)
        assert told(ending_in_1[:-1] + "X") == ()
