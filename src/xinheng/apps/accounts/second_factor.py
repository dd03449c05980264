"""The second factor: a code from an authenticator app (TOTP, RFC 6238).

| step | the account |
|---|---|
| NONE | needs no code, or gave it |
| SET_UP | has to set one up first |
| GIVE_CODE | has to give one |

Wrong codes make the next try wait 1, 2, 4, 8 ... seconds; a code is accepted once.
"""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from xinheng.apps.accounts import queries
from xinheng.apps.accounts.models import User
from xinheng.apps.ledger import operations as ledger


class Step(StrEnum):
    """What has to be done before the account may act."""

    NONE = "none"
    SET_UP = "set_up"
    GIVE_CODE = "give_code"


@dataclass(frozen=True, slots=True)
class Setup:
    """What the authenticator app takes in: `uri` in the QR code, or `secret` by hand.

    `secret` is Base32 in groups of four.
    """

    secret: str
    uri: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Verdict on a code.

    `device` goes into the session, null where the code was not accepted; `locked_until`
    is set where no code is accepted before then.
    """

    device: str | None
    locked_until: datetime | None = None


class AlreadySetUpError(ValueError):
    """The account has a second factor; an administrator takes it away first."""


def next_step(*, user_id: uuid.UUID, on: date, verified: bool) -> Step:
    """Return what the account has to do next on that day.

    Raises:
        UnknownAccountError: where there is no such account, or it is closed.
    """
    if verified or not queries.needs_second_factor(user_id=user_id, on=on):
        return Step.NONE
    return Step.GIVE_CODE if _find(user_id, confirmed=True) else Step.SET_UP


@transaction.atomic
def begin_set_up(*, user_id: uuid.UUID) -> Setup:
    """Return the secret to set up, the same one until it is confirmed.

    Raises:
        AlreadySetUpError: where the account has a second factor.
    """
    User.objects.select_for_update().get(pk=user_id)
    if _find(user_id, confirmed=True):
        raise AlreadySetUpError
    device = _find(user_id, confirmed=False) or TOTPDevice.objects.create(
        user_id=user_id, name="totp", confirmed=False
    )
    text = base64.b32encode(device.bin_key).decode()
    groups = (text[start : start + 4] for start in range(0, len(text), 4))
    return Setup(secret=" ".join(groups), uri=device.config_url)


@transaction.atomic
def confirm(*, user_id: uuid.UUID, code: str, at: datetime) -> Answer:
    """Put the second factor in force with the first code that its app shows."""
    device = _find_locked(user_id, confirmed=False)
    answer = _verify(device, code)
    if device is not None and answer.device is not None:
        device.confirmed = True
        device.save(update_fields=["confirmed"])
        ledger.append(
            kind="second_factor.set_up",
            subject=f"account:{user_id}",
            actor=str(user_id),
            body={},
            at=at,
        )
    return answer


@transaction.atomic
def verify(*, user_id: uuid.UUID, code: str) -> Answer:
    """Judge a code of the account's second factor, which is accepted once."""
    return _verify(_find_locked(user_id, confirmed=True), code)


def _verify(device: TOTPDevice | None, code: str) -> Answer:
    if device is None:
        return Answer(device=None)
    allowed, reason = device.verify_is_allowed()
    if not allowed:
        return Answer(device=None, locked_until=reason["locked_until"])
    accepted = device.verify_token(code)
    return Answer(device=device.persistent_id if accepted else None)


def _find(user_id: uuid.UUID, *, confirmed: bool) -> TOTPDevice | None:
    devices = TOTPDevice.objects.filter(user_id=user_id, confirmed=confirmed)
    return devices.order_by("pk").first()


def _find_locked(user_id: uuid.UUID, *, confirmed: bool) -> TOTPDevice | None:
    """Return the device with its row held, so that one code is judged at a time."""
    devices = TOTPDevice.objects.select_for_update()
    found = devices.filter(user_id=user_id, confirmed=confirmed)
    return found.order_by("pk").first()
