"""System checks of the settings: each with an id and a hint that says what to do.

`xinheng serve` runs them before it listens; `manage.py check --database default` runs
those too that ask the database.
"""

from __future__ import annotations

import re
import stat
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections
from django.utils import timezone

TAG = "xinheng"
SHORTEST_SECRET = 50
FEWEST_SECRET_CHARACTERS = 10
OLDEST_POSTGRESQL = 150_000
SMALLEST_UPLOAD_BYTES = 1024 * 1024
DEFAULT_ORIGIN = "xinheng.local/ledger"
# What a signed note allows in a name: no blank and no plus sign.
ORIGIN = re.compile(r"[^\s+]{1,200}")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that the settings can have wrong; an `E` in the id stops the server."""

    id: str
    message: str
    hint: str

    def report(self) -> CheckMessage:
        """Return it as Django's checks do."""
        kind = Error if self.id.startswith("xinheng.E") else Warning
        return kind(self.message, hint=self.hint, id=self.id)


NO_SECRET = Fault(
    "xinheng.E001",
    "No secret key is set.",
    "Set XINHENG_SECRET_KEY, or XINHENG_SECRET_KEY_FILE to a file, to at least"
    f" {SHORTEST_SECRET} random characters.",
)
WEAK_SECRET = Fault(
    "xinheng.E002",
    "The secret key can be guessed.",
    f"Set XINHENG_SECRET_KEY to at least {SHORTEST_SECRET} random characters, as in"
    " python -c 'import secrets; print(secrets.token_urlsafe(50))'.",
)
ANY_HOST = Fault(
    "xinheng.E003",
    "The site answers to any host name, or to none.",
    "Name the hosts in XINHENG_HOSTS, without *.",
)
NO_DIRECTORY = Fault(
    "xinheng.E004",
    "The data directory can't be written.",
    "Create the directory that XINHENG_DIR names and give it to the server's user.",
)
OPEN_KEY = Fault(
    "xinheng.E005",
    "Others can read the ledger's signing key.",
    "Run chmod 600 on keys/ledger.key in XINHENG_DIR, and consider the key known.",
)
PLAIN_CTYPE = Fault(
    "xinheng.E006",
    "The PostgreSQL database has LC_CTYPE C, so names are not searched rightly.",
    "Create it anew: CREATE DATABASE ... TEMPLATE template0 ENCODING 'UTF8'"
    " LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'.",
)
NOT_UNICODE = Fault(
    "xinheng.E007",
    "The PostgreSQL database is not in UTF-8.",
    "Create it anew with ENCODING 'UTF8'.",
)
OLD_POSTGRESQL = Fault(
    "xinheng.E008",
    "PostgreSQL is older than 15.",
    "Upgrade the server that DATABASE_URL names.",
)
PLAIN_ORIGIN = Fault(
    "xinheng.E009",
    "Forms are taken from an origin without TLS.",
    "Begin every origin in XINHENG_ORIGINS with https://.",
)
SMALL_UPLOAD = Fault(
    "xinheng.E010",
    "Files of less than 1 MiB are refused already.",
    "Set XINHENG_MAX_UPLOAD_BYTES to the largest file a unit hands in.",
)
BAD_LEDGER_ORIGIN = Fault(
    "xinheng.E011",
    "The ledger's name can't stand in a signed checkpoint.",
    "Set XINHENG_LEDGER_ORIGIN to a name without blanks and plus signs.",
)
PLAIN_HTTP = Fault(
    "xinheng.W001",
    "Cookies and pages are sent over plain HTTP.",
    "Unset XINHENG_INSECURE_HTTP and serve behind TLS.",
)
DEMO_ON_A_SERVER = Fault(
    "xinheng.W002",
    "The demo is open to other machines.",
    "Unset XINHENG_DEMO where real records are kept, or XINHENG_HOSTS for the demo.",
)
NO_ASSETS = Fault(
    "xinheng.W003",
    "The built scripts are missing; pages work without them, with less comfort.",
    "Run make setup, or set XINHENG_ASSETS to the directory they are in.",
)
NAMELESS_LEDGER = Fault(
    "xinheng.W004",
    "The ledger bears the name that every new installation has.",
    "Set XINHENG_LEDGER_ORIGIN to a name of your own before the first entry.",
)
LONELY_LEDGER = Fault(
    "xinheng.W005",
    "No witness has agreed to the ledger for the time that XINHENG_WITNESS_HOURS sets.",
    "Ask xinheng ledger witness status; have somebody outside run a witness, and add"
    " its key with xinheng ledger witness add.",
)

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})


def _secret() -> str:
    try:
        return str(settings.SECRET_KEY)
    except ImproperlyConfigured:
        return ""


def _secret_is_weak() -> bool:
    secret = _secret()
    if not secret:
        return False
    return len(secret) < SHORTEST_SECRET or len(set(secret)) < FEWEST_SECRET_CHARACTERS


def _directory_is_closed() -> bool:
    try:
        with tempfile.TemporaryFile(dir=settings.DATA_DIR):
            return False
    except OSError:
        return True


def _provider_is_half() -> bool:
    given = (
        settings.OIDC_ISSUER,
        settings.OIDC_CLIENT_ID,
        settings.OIDC_CLIENT_SECRET,
    )
    is_safe = settings.INSECURE_HTTP or settings.OIDC_ISSUER.startswith("https://")
    return any(given) and not (all(given) and is_safe)


def _key_is_open() -> bool:
    path = Path(settings.KEYS_DIR) / "ledger.key"
    try:
        return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)
    except OSError:
        return False


def _origin_is_plain() -> bool:
    origins = settings.CSRF_TRUSTED_ORIGINS
    return not settings.INSECURE_HTTP and any(
        not origin.startswith("https://") for origin in origins
    )


HALF_PROVIDER = Fault(
    "xinheng.E015",
    "The OpenID provider can't be used as it is set.",
    "Set XINHENG_OIDC_ISSUER to an address that begins with https:// and both"
    " XINHENG_OIDC_CLIENT_ID and XINHENG_OIDC_CLIENT_SECRET, or none of the three.",
)
WRONG: tuple[tuple[Fault, Callable[[], bool]], ...] = (
    (NO_SECRET, lambda: not _secret()),
    (WEAK_SECRET, _secret_is_weak),
    (ANY_HOST, lambda: not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS),
    (NO_DIRECTORY, _directory_is_closed),
    (OPEN_KEY, _key_is_open),
    (PLAIN_ORIGIN, _origin_is_plain),
    (SMALL_UPLOAD, lambda: settings.MAX_UPLOAD_BYTES < SMALLEST_UPLOAD_BYTES),
    (BAD_LEDGER_ORIGIN, lambda: not ORIGIN.fullmatch(settings.LEDGER_ORIGIN)),
    (PLAIN_HTTP, lambda: settings.INSECURE_HTTP and not settings.DEMO),
    (
        DEMO_ON_A_SERVER,
        lambda: settings.DEMO and not LOCAL_HOSTS.issuperset(settings.ALLOWED_HOSTS),
    ),
    (HALF_PROVIDER, _provider_is_half),
    (NO_ASSETS, lambda: not Path(settings.ASSETS_DIR).is_dir()),
    (
        NAMELESS_LEDGER,
        lambda: not settings.DEMO and settings.LEDGER_ORIGIN == DEFAULT_ORIGIN,
    ),
)
FAULTS = tuple(
    sorted(
        (
            *(fault for fault, _ in WRONG),
            *(OLD_POSTGRESQL, NOT_UNICODE, PLAIN_CTYPE, LONELY_LEDGER),
        ),
        key=lambda fault: fault.id,
    )
)


@register(TAG)
def check_settings(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Report what the settings have wrong."""
    return [fault.report() for fault, is_wrong in WRONG if is_wrong()]


@register(TAG, Tags.database)
def check_database(
    app_configs: Sequence[AppConfig] | None,
    databases: Sequence[str] | None = None,
    **kwargs: Any,
) -> list[CheckMessage]:
    """Report what a PostgreSQL database has wrong, where one is asked for."""
    return [
        fault.report()
        for alias in databases or ()
        if connections[alias].vendor == "postgresql"
        for fault in find_database_faults(*_describe(alias))
    ]


@register(TAG, Tags.database)
def check_witnesses(
    app_configs: Sequence[AppConfig] | None,
    databases: Sequence[str] | None = None,
    **kwargs: Any,
) -> list[CheckMessage]:
    """Report a ledger that nobody outside agreed to for the set time."""
    from xinheng.apps.ledger import witnesses  # the apps are ready by now

    if "default" not in (databases or ()) or settings.DEMO:
        return []
    try:
        is_lonely = witnesses.is_late(at=timezone.now())
    except DatabaseError:
        return []  # not migrated yet
    return [LONELY_LEDGER.report()] if is_lonely else []


def _describe(alias: str) -> tuple[int, str, str, str]:
    connection = connections[alias]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num')::int,"
            " pg_encoding_to_char(encoding), datlocprovider, datctype"
            " FROM pg_database WHERE datname = current_database()"
        )
        version, encoding, provider, ctype = cursor.fetchone()
    return int(version), str(encoding), str(provider), str(ctype)


def find_database_faults(
    version: int, encoding: str, provider: str, ctype: str
) -> list[Fault]:
    """Return what is wrong with a database of that version, encoding and locale.

    `provider` is `c` where the operating system classifies characters, by `ctype`.
    """
    found = [
        (OLD_POSTGRESQL, version < OLDEST_POSTGRESQL),
        (NOT_UNICODE, encoding != "UTF8"),
        (PLAIN_CTYPE, provider == "c" and ctype in {"C", "POSIX"}),
    ]
    return [fault for fault, is_wrong in found if is_wrong]
