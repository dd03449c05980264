"""Acts of the ledger in words: a kind that has none is shown by its code."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, Promise] = {
    "submission.completed": _("File handed in"),
    "submission.questioned": _("Rows kept aside were asked about"),
    "submission.mended": _("Rows kept aside were mended"),
    "submission.released": _("Rows kept aside were accepted"),
    "question.answered": _("Question about a row answered"),
    "nil_return.filed": _("Nil return filed"),
    "publication.held": _("Publication held"),
    "publication.released": _("Publication released"),
    "production.declared": _("Production declared"),
    "duty.assigned": _("Duty assigned"),
    "duty.ended": _("Duty ended"),
    "register.imported": _("Register imported"),
    "register.judged": _("Issue of a code judged"),
    "organization.merged": _("Organizations merged"),
    "organization.split": _("Organization split"),
    "mandate.granted": _("Mandate granted"),
    "mandate.ended": _("Mandate ended"),
    "rulebook.adopted": _("Rulebook adopted"),
    "backup.made": _("Backup made"),
    "key.introduced": _("Signing key introduced"),
    "key.retired": _("Signing key retired"),
    "key.revoked": _("Signing key revoked"),
    "witness.added": _("Witness added"),
    "witness.removed": _("Witness removed"),
}


def words(kind: str) -> str:
    """Return what happened, in the reader's language."""
    return str(WORDS.get(kind, kind))
