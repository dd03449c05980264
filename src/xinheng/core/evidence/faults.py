"""Why a file can't be kept as evidence."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """What is wrong with a file; stable codes."""

    EMPTY = "EVIDENCE_EMPTY"
    TOO_LARGE = "EVIDENCE_TOO_LARGE"
    NAME = "EVIDENCE_NAME"  # none, too long, or with control characters
    TYPE = "EVIDENCE_TYPE"  # no PDF, JPEG or PNG by its content
    SUFFIX = "EVIDENCE_SUFFIX"  # the name says another type than the content
    DAMAGED = "EVIDENCE_DAMAGED"
    ENCRYPTED = "EVIDENCE_ENCRYPTED"
    ACTIVE = "EVIDENCE_ACTIVE"  # scripts, attachments, forms that send
    UNREADABLE = "EVIDENCE_UNREADABLE"  # its text can't be searched for persons
    UNREAD = "EVIDENCE_UNREAD"  # nothing could be read on a scan
    NO_READER = "EVIDENCE_NO_READER"  # nothing is installed that reads scans
    TOO_MANY_SCANS = "EVIDENCE_TOO_MANY_SCANS"
    PERSONAL_ID = "PERSONAL_ID"


class EvidenceError(ValueError):
    """The file can't be kept; neither its name nor its content is in the error."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault
