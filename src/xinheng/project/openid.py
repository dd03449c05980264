"""Settings of the OpenID provider, declared like all others."""

from __future__ import annotations

from xinheng.project.environment import Environment


def declare(env: Environment) -> tuple[str, str, str, str]:
    """Return issuer, client id, client secret and the claim of the organization."""
    return (
        env.text(
            "XINHENG_OIDC_ISSUER",
            "",
            "OpenID provider through which agents of organizations (and linked staff)"
            " may sign in, by its issuer (https://...). Without it there is no such way"
            " in.",
            shown="none",
        ),
        env.text(
            "XINHENG_OIDC_CLIENT_ID", "", "Our name at the provider.", shown="none"
        ),
        env.text(
            "XINHENG_OIDC_CLIENT_SECRET",
            "",
            "Our secret at the provider.",
            shown="none",
        ),
        env.text(
            "XINHENG_OIDC_ORGANIZATION_CLAIM",
            "uscc",
            "Claim in which the provider names the unified code of the organization"
            " that somebody acts for.",
        ),
    )
