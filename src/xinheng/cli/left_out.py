"""What of a file was not read as rows, in words for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

_BLANK = "empty"  # nobody misses a blank sheet


def lines(skipped: Sequence[Mapping[str, str]], notes: int) -> Iterator[str]:
    """Yield a line for each sheet in which something stands, and one for remarks.

    `skipped` are sheets as `pipeline.parts.told` tells of them.
    """
    for each in skipped:
        if each["why"] != _BLANK:
            name = each["sheet"] or each["file"]
            yield (
                f"未读取的工作表：{name}（{each['message_zh']}）。"
                f" The sheet {each['message_en']}."
            )
    if notes:
        yield f"备注、签名等行（不是记录）：{notes}。 Remarks, no records: {notes}."
