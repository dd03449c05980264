"""Signing in through an OpenID provider: authorization code, PKCE, state and nonce.

    begin    -> where to send the browser, and what its session has to remember
    finish   -> whom the provider vouches for: subject id and organization, no more

Sources: OpenID Connect Core 1.0 (3.1.3.7 for what is checked), RFC 7636, RFC 9700.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

SIGNING = ["RS256", "PS256", "ES256", "EdDSA"]
TIMEOUT_SECONDS = 10.0
LEEWAY_SECONDS = 60
PENDING = timedelta(minutes=10)
Json = Mapping[str, Any]


class Refused(StrEnum):
    """Why nobody is let in."""

    PROVIDER = "provider"  # it can't be reached, or answers what it should not
    STATE = "state"  # begun elsewhere, too long ago, or not at all
    DENIED = "denied"  # the provider says no
    TOKEN = "token"  # noqa: S105 - its word is for others, too old, or not its own
    MANDATE = "mandate"  # it vouches for no organization of the register


class OidcRefusedError(ValueError):
    """Nobody is let in; `reason` says why."""

    def __init__(self, reason: Refused) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Pending:
    """What the session remembers until the browser comes back."""

    state: str
    nonce: str
    verifier: str
    begun_at: str
    next: str


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom the provider vouches for; `uscc` is null where it names no organization."""

    issuer: str
    subject: str
    uscc: str | None


def is_configured() -> bool:
    """Tell whether a provider was named."""
    return bool(settings.OIDC_ISSUER and settings.OIDC_CLIENT_ID)


def begin(*, callback: str, next_page: str, at: datetime) -> tuple[str, dict[str, str]]:
    """Return the provider's page, and what to remember (JSON-able).

    Raises:
        OidcRefusedError: the provider can't be asked.
    """
    pending = Pending(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        begun_at=at.isoformat(),
        next=next_page,
    )
    page = prepare_grant_uri(
        _endpoint(_discover(), "authorization_endpoint"),
        settings.OIDC_CLIENT_ID,
        "code",
        redirect_uri=callback,
        scope="openid",
        state=pending.state,
        nonce=pending.nonce,
        code_challenge=create_s256_code_challenge(pending.verifier),
        code_challenge_method="S256",
    )
    return page, asdict(pending)


def finish(
    *, remembered: Json | None, answer: Mapping[str, str], callback: str, at: datetime
) -> tuple[Vouched, str]:
    """Return whom the provider vouches for, and the page that was asked for.

    Raises:
        OidcRefusedError: nobody is let in.
    """
    pending = _pending(remembered, answer, at)
    if "error" in answer or not answer.get("code"):
        raise OidcRefusedError(Refused.DENIED)
    told = _discover()
    tokens = _post(
        _endpoint(told, "token_endpoint"),
        {
            "grant_type": "authorization_code",
            "code": answer["code"],
            "redirect_uri": callback,
            "code_verifier": pending.verifier,
        },
    )
    claims = _claims(str(tokens.get("id_token", "")), told, pending, at)
    return _vouched(claims, told, tokens), pending.next


def _pending(
    remembered: Json | None, answer: Mapping[str, str], at: datetime
) -> Pending:
    try:
        pending = Pending(**(remembered or {}))
        is_fresh = at - datetime.fromisoformat(pending.begun_at) < PENDING
    except (TypeError, ValueError):
        raise OidcRefusedError(Refused.STATE) from None
    if not is_fresh or not secrets.compare_digest(
        pending.state.encode(), answer.get("state", "").encode()
    ):
        raise OidcRefusedError(Refused.STATE)
    return pending


def _claims(token: str, told: Json, pending: Pending, at: datetime) -> Json:
    """Return what the ID token says, if it is the provider's word, to us, now."""
    registry = jwt.JWTClaimsRegistry(
        now=int(at.timestamp()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": settings.OIDC_ISSUER},
        aud={"essential": True, "value": settings.OIDC_CLIENT_ID},
        nonce={"essential": True, "value": pending.nonce},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
    )
    try:
        keys = KeySet.import_key_set(_get(_endpoint(told, "jwks_uri")))  # type: ignore[arg-type]
        claims = jwt.decode(token, keys, algorithms=SIGNING).claims
        registry.validate(claims)
    except (JoseError, ValueError, KeyError, TypeError):
        raise OidcRefusedError(Refused.TOKEN) from None
    many = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if many and claims.get("azp") != settings.OIDC_CLIENT_ID:
        raise OidcRefusedError(Refused.TOKEN)
    return claims


def _vouched(claims: Json, told: Json, tokens: Json) -> Vouched:
    name = settings.OIDC_ORGANIZATION_CLAIM
    said = claims.get(name)
    if said is None and told.get("userinfo_endpoint"):
        access = str(tokens.get("access_token", ""))
        about = _get(_endpoint(told, "userinfo_endpoint"), access=access)
        if about.get("sub") != claims["sub"]:
            raise OidcRefusedError(Refused.TOKEN)
        said = about.get(name)
    subject = str(claims["sub"])
    if not 0 < len(subject) <= 255:
        raise OidcRefusedError(Refused.TOKEN)
    return Vouched(settings.OIDC_ISSUER, subject, said if said is None else str(said))


def _discover() -> Json:
    """Return what the provider says of itself; it has to be the one that was named."""
    issuer = settings.OIDC_ISSUER
    told = _get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if told.get("issuer") != issuer:
        raise OidcRefusedError(Refused.TOKEN)
    return told


def _endpoint(told: Json, name: str) -> str:
    address = told.get(name)
    is_safe = isinstance(address, str) and (
        address.startswith("https://") or settings.INSECURE_HTTP
    )
    if not is_safe:
        raise OidcRefusedError(Refused.PROVIDER)
    return str(address)


def _get(address: str, *, access: str = "") -> Json:
    headers = {"Authorization": f"Bearer {access}"} if access else {}
    return _asked(client().build_request("GET", address, headers=headers))


def _post(address: str, form: Mapping[str, str]) -> Json:
    login = httpx.BasicAuth(settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET)
    request = client().build_request("POST", address, data=dict(form))
    return _asked(next(login.auth_flow(request)))


def _asked(request: httpx.Request) -> Json:
    try:
        with client() as asking:
            response = asking.send(request)
        told = response.raise_for_status().json()
    except (httpx.HTTPError, ValueError):
        raise OidcRefusedError(Refused.PROVIDER) from None
    if not isinstance(told, dict):
        raise OidcRefusedError(Refused.PROVIDER)
    return told


def client() -> httpx.Client:
    """Return what asks the provider; it follows no redirects."""
    return httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False)
