"""The role that an agent of an organization states."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """As whom somebody acts; stated by themselves, verified by nobody."""

    MANAGEMENT = "MANAGEMENT"
    EMPLOYEE = "EMPLOYEE"
    LAWYER = "LAWYER"
    OTHER = "OTHER"
