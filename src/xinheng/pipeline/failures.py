"""Failures of a whole file, told in one line in both languages."""

from __future__ import annotations


class UnreadableFileError(ValueError):
    """The file can't be taken at all; nothing of it is stored.

    `code` is stable (`FILE_MISSING`, `FILE_EMPTY`, `FILE_ENCRYPTED`, ...); the messages
    name the file and the remedy, never a cell's value.
    """

    def __init__(self, code: str, message_zh: str, message_en: str) -> None:
        super().__init__(f"{code}: {message_en}")
        self.code = code
        self.message_zh = message_zh
        self.message_en = message_en
