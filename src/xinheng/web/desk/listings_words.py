"""What the desk says about lists: states, steps, what they need, why not."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from xinheng.core.listings.clocks import Way
from xinheng.core.listings.completeness import Lack
from xinheng.core.listings.gaps import Gap
from xinheng.core.listings.procedure import Event, Guard, Need, State
from xinheng.core.listings.schemes import ListKind
from xinheng.rulebook.listing_documents import DocumentKind

KINDS: dict[ListKind, Promise] = {
    ListKind.EXCLUSION: _("Exclusion"),
    ListKind.RECOGNITION: _("Recognition"),
    ListKind.WATCH: _("Watch list"),
}
STAGES: dict[str, Promise] = {
    "open": _("In procedure"),
    "imported": _("Imported, to be accepted"),
    "in-force": _("In force"),
    "ended": _("Ended"),
}
STATES: dict[State, Promise] = {
    State.PROPOSED: _("proposed"),
    State.NOTIFIED: _("notice served"),
    State.STATED: _("to be answered"),
    State.HEARING: _("hearing asked for"),
    State.ANSWERED: _("answered"),
    State.IMPORTED: _("imported"),
    State.IN_FORCE: _("in force"),
    State.PUBLISHED: _("in force, published"),
    State.DROPPED: _("dropped"),
    State.EXPIRED: _("expired"),
    State.REPAIRED: _("repaired"),
    State.REVOKED: _("revoked"),
    State.ANNULLED: _("annulled"),
    State.GONE: _("organization ended"),
}
STEPS: dict[Event, Promise] = {
    Event.PROPOSE: _("Propose the listing"),
    Event.SERVE: _("Record the service of the notice"),
    Event.STATE: _("Record a statement"),
    Event.REQUEST_HEARING: _("Record the request for a hearing"),
    Event.HEAR: _("Record the hearing"),
    Event.ANSWER: _("Answer the statement"),
    Event.DECIDE: _("Decide"),
    Event.DROP: _("Drop it"),
    Event.IMPORT: _("Import a list"),
    Event.ACCEPT: _("Accept it as it was decided"),
    Event.PUBLISH: _("Publish"),
    Event.STAY: _("Record a court's stay"),
    Event.LIFT_STAY: _("Record that the stay was lifted"),
    Event.DISPUTE: _("Mark as disputed"),
    Event.SETTLE: _("Take the mark of the dispute away"),
    Event.EXPIRE: _("Expired"),
    Event.REPAIR: _("End it: repaired"),
    Event.REVOKE: _("End it: revoked"),
    Event.ANNUL: _("End it: annulled by review or court"),
    Event.ORGANIZATION_GONE: _("End it: the organization ended"),
}
LABELS: dict[Need, Promise] = {
    Need.BASIS: _("Legal basis"),
    Need.FACTS: _("Facts"),
    Need.NOTICE_WAY: _("Way of service"),
    Need.NOTICE_ON: _("Day of the signature, the return slip or the public notice"),
    Need.NOTICE_PROOF: _("Proof of service"),
    Need.RECEIVED_ON: _("Day it was received"),
    Need.STATEMENT: _("What the organization states"),
    Need.HEARD_ON: _("Day of the hearing"),
    Need.HEARING_RECORD: _("Record of the hearing"),
    Need.ANSWER: _("Answer, with reasons"),
    Need.ANSWERED_ON: _("Day of the answer"),
    Need.DECISION_NO: _("Number of the decision"),
    Need.DECIDED_ON: _("Day of the decision"),
    Need.EXPIRES_ON: _("First day after the term"),
    Need.DOCUMENT: _("Number of the document"),
    Need.EFFECTIVE_ON: _("Day it takes effect"),
    Need.REASON: _("Reason"),
}
HINTS: dict[Need, Promise] = {
    Need.FACTS: _("Facts alone, in your own words. Name no natural persons."),
    Need.NOTICE_PROOF: _("Number of the receipt, slip or notice that proves it."),
    Need.STATEMENT: _("Name no natural persons."),
    Need.ANSWER: _("Say what was checked and what came of it."),
    Need.HEARING_RECORD: _("Number of the record, and what came of it."),
    Need.EXPIRES_ON: _("The listing ends by itself on that day."),
    Need.REASON: _("It is kept in the ledger. Name no natural persons."),
}
WAYS: dict[Way, Promise] = {
    Way.DELIVERY: _("Delivery, with a signed receipt"),
    Way.POST: _("Post, with a return slip"),
    Way.PUBLIC_NOTICE: _("Public notice"),
}
DOCUMENTS: dict[DocumentKind, Promise] = {
    DocumentKind.NOTICE: _("Notice"),
    DocumentKind.DECISION: _("Written decision"),
    DocumentKind.REMOVAL: _("Removal"),
}
DONE: dict[str, Promise] = {
    "propose": _("Proposed. Serve the notice next."),
    "done": _("Recorded."),
}
REFUSALS: dict[str, Promise] = {
    "REQUIRED": _("Something is missing."),
    "NOT_NOW": _("The listing has moved on, so this can't be done any more."),
    "LENGTH": _("The text is too long."),
    "PERSONAL_ID": _("Leave out the personal identity number."),
    "UNKNOWN_ORGANIZATION": _("The register holds no organization under this code."),
    Guard.SCHEME_INACTIVE: _("This list is not in use, or a rule stops it."),
    Guard.AUTHORITY_OUTSIDE_SCHEME: _("This unit may not determine for this list."),
    Guard.SOLE_PROPRIETOR: _("A sole proprietor (92) is put on no list."),
    Guard.ORGANIZATION_ENDED: _("The organization has ended."),
    Guard.BASIS_OUTSIDE_SCHEME: _("Select a text that the list rests on."),
    Guard.NOTICE_WAY: _("Select how the notice was served."),
    Guard.ALREADY_LISTED: _("The organization is on this list already."),
    Guard.ON_AN_EXCLUSION: _("Who is on an exclusion is not recognized."),
    Guard.DAY_AHEAD: _("The day lies ahead."),
    Guard.DAY_OUT_OF_ORDER: _("The day lies before the last step."),
    Guard.WINDOW_CLOSED: _("The day lies after the time to answer."),
    Guard.WINDOW_OPEN: _(
        "The decision lies within the time to answer: decide on a later day."
    ),
    Guard.SAME_PERSON: _("You proposed this, so another person decides."),
    Guard.TERM_TOO_LONG: _("The term is longer than the list allows."),
    Guard.TERM_OVER: _("The term is over on that day."),
    Guard.TERM_RUNNING: _("The term still runs."),
    Guard.INCOMPLETE: _("Something that the law demands is missing."),
    Guard.NOT_ADOPTED: _(
        "No lawyer has adopted the rulebook: nothing adverse takes effect before that."
    ),
    Guard.STAYED: _("A court has stayed the listing."),
    Guard.NOT_STAYED: _("No court has stayed the listing."),
    Guard.DISPUTED: _("It is marked as disputed already."),
    Guard.NOT_DISPUTED: _("It is not marked as disputed."),
}
# The fields at which a refusal is shown, the first that the form has; elsewhere it
# stands above the form.
_DAYS = (
    *("notice_on", "received_on", "heard_on"),
    *("answered_on", "decided_on", "effective_on"),
)
AT_FIELD: dict[str, tuple[str, ...]] = {
    "UNKNOWN_ORGANIZATION": ("code",),
    Guard.SOLE_PROPRIETOR: ("code",),
    Guard.ORGANIZATION_ENDED: ("code",),
    Guard.ALREADY_LISTED: ("code",),
    Guard.AUTHORITY_OUTSIDE_SCHEME: ("authority",),
    Guard.BASIS_OUTSIDE_SCHEME: ("basis",),
    Guard.NOTICE_WAY: ("notice_way",),
    Guard.TERM_TOO_LONG: ("expires_on",),
    Guard.TERM_OVER: ("expires_on",),
    Guard.DAY_AHEAD: _DAYS,
    Guard.DAY_OUT_OF_ORDER: _DAYS,
    Guard.WINDOW_CLOSED: _DAYS,
    Guard.WINDOW_OPEN: _DAYS,
}
GAPS: dict[Gap, Promise] = {
    Gap.BASIS_MISSING: _("no text allows a list of this area"),
    Gap.BASIS_LEVEL: _("the texts are too low in rank for a list"),
    Gap.BASIS_ARTICLE: _("the article of the legal basis is not known"),
    Gap.CITY_WITHOUT_REGULATION: _("a city's own list needs a local regulation"),
    Gap.STANDARD_MISSING: _("there is no standard of determination"),
    Gap.STANDARD_LEVEL: _("the standard is too low in rank"),
    Gap.STANDARD_ARTICLE: _("the article of the standard is not known"),
    Gap.CONSULTATION_MISSING: _("the days of the public consultation are not known"),
    Gap.CONSULTATION_SHORT: _("the public consultation was shorter than 30 days"),
    Gap.NO_REMOVAL: _("conditions or procedure of removal are not known"),
    Gap.NO_REMEDY: _("remedies are not known"),
    Gap.NO_TERM: _("the term is not known"),
    Gap.NO_WINDOW: _("the time to answer is not known"),
    Gap.NO_AUTHORITY: _("no authority is named"),
    Gap.NO_DATA: _("the data needed are not named"),
    Gap.NO_NEXUS: _("the shared purpose is not stated"),
    Gap.REVIEW_OVERDUE: _("no evaluation is planned, or it is overdue"),
    Gap.UNVERIFIED: _("its source is not verified"),
    Gap.SUPERSEDED: _("a later text took its place"),
    Gap.NOT_IN_FORCE: _("it is not in force today"),
    Gap.FICTIONAL: _("its law is made up, for the demo alone"),
}
LACKS: dict[Lack, Promise] = {
    Lack.BASIS: _("no legal basis"),
    Lack.BASIS_OUTSIDE_SCHEME: _("a basis that is none of the list's texts"),
    Lack.FACTS: _("no facts"),
    Lack.NOTICE: _("no day of the notice"),
    Lack.PROOF: _("no proof of the notice"),
    Lack.WINDOW: _("no time to answer"),
    Lack.WINDOW_OPEN: _("decided within the time to answer"),
    Lack.WINDOW_SHORT: _("less time to answer than the list gives"),
    Lack.DECISION: _("no number or day of the decision"),
    Lack.TERM: _("no term"),
    Lack.TERM_TOO_LONG: _("a term longer than the list allows"),
    Lack.DAY_AHEAD: _("a day that lies ahead"),
    Lack.DATE_ORDER: _("days in the wrong order"),
}
