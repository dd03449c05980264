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
    "assessment.scheme_proposed": _("Scheme of assessment proposed"),
    "assessment.scheme_adopted": _("Scheme of assessment adopted"),
    "assessment.opened": _("Assessment opened"),
    "assessment.claimed": _("Points claimed"),
    "assessment.scored": _("Item of an assessment scored"),
    "assessment.published": _("Assessment published"),
    "assessment.appealed": _("Score appealed"),
    "assessment.answered": _("Appeal against a score answered"),
    "assessment.closed": _("Assessment closed"),
    "assessment.notice": _("Notice of an assessment issued"),
    "indicators.cut": _("Indicators of a month kept"),
    "indicators.peers_imported": _("Figures of other cities taken"),
    "register.imported": _("Register imported"),
    "register.judged": _("Issue of a code judged"),
    "organization.merged": _("Organizations merged"),
    "organization.split": _("Organization split"),
    "mandate.granted": _("Mandate granted"),
    "mandate.ended": _("Mandate ended"),
    "report.issued": _("Credit report issued"),
    "report.consent_given": _("Consent to a credit report given"),
    "report.consent_withdrawn": _("Consent to a credit report withdrawn"),
    "agent.vouched_for": _("Agent vouched for by the identity service"),
    "account.linked": _("Account linked to the identity service"),
    "rulebook.adopted": _("Rulebook adopted"),
    "backup.made": _("Backup made"),
    "backup.drill_passed": _("Backup brought back as a drill"),
    "backup.drill_failed": _("Restore drill failed"),
    "key.introduced": _("Signing key introduced"),
    "key.retired": _("Signing key retired"),
    "key.revoked": _("Signing key revoked"),
    "brief.submitted": _("Brief handed in"),
    "brief.edited": _("Brief edited"),
    "brief.approved": _("Brief approved"),
    "brief.returned": _("Brief sent back"),
    "bulletin.issued": _("Bulletin issued"),
    "witness.added": _("Witness added"),
    "witness.removed": _("Witness removed"),
    "exchange.ran": _("Sent to another platform"),
    "exchange.carried": _("Packages taken over to be carried"),
    "exchange.again": _("Refused row to be sent again"),
    "exchange.replayed": _("Last batches sent again"),
    "exchange.replay_asked": _("Replay for real asked for"),
    "exchange.feedback_taken": _("Feedback of a platform taken"),
    "exchange.oddity_closed": _("Line of feedback looked at"),
    "exchange.profile_proposed": _("Change of a profile put forward"),
    "exchange.profile_adopted": _("Change of a profile adopted"),
    "exchange.profile_dropped": _("Change of a profile not adopted"),
    "exchange.profile_reset": _("What was learned of a platform taken back"),
    "exchange.followed": _("Records of a neighbor taken"),
}


def words(kind: str) -> str:
    """Return what happened, in the reader's language."""
    return str(WORDS.get(kind, kind))
