"""The end of a publication, as a case of redress brings it about.

That a case is open is what marks its target as disputed: `apps.disclosures` asks the
cases themselves, so no mark can be forgotten.
"""

from __future__ import annotations

from xinheng.apps.cases.operations import By, LockedCase
from xinheng.apps.disclosures import operations as disclosures
from xinheng.apps.disclosures.operations import Ending
from xinheng.apps.disclosures.queries import RECORD, Subject
from xinheng.apps.records import disclosing
from xinheng.core.disclosures.facts import Cause as Reason
from xinheng.core.measures.causes import Cause


def end(case: LockedCase, *, reason: Reason, by: By) -> None:
    """End the publication of what a case is about, from today on."""
    seq = disclosures.end_publication(
        subject=Subject(case.target_kind, case.target),
        ending=Ending(reason, Cause("case", str(case.id)), by.on),
        actor=by.actor.account_id,
        at=by.at,
    )
    if case.target_kind == RECORD:
        disclosing.lead_past(str(case.organization_id), case.target, seq)
