"""What the desk asks about exchange: a change of a profile, a file of feedback."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from xinheng.apps.exchange.proposals import (
    LONGEST_REASON,
    ImpossibleError,
    ProposalRefusedError,
)
from xinheng.core.exchange.feedback import MOST_BYTES
from xinheng.core.exchange.profiles import DATE_FORMATS, Profile
from xinheng.core.exchange.proposing import Fault, Wish, wish_of
from xinheng.core.submissions.reasons import ReasonError
from xinheng.web.desk.forms_queues import FAULTS

SHOWN_FORMATS = {
    "%Y-%m-%d": "2019-05-28",
    "%Y/%m/%d": "2019/05/28",
    "%Y%m%d": "20190528",
    "%Y年%m月%d日": "2019年05月28日",
    "%Y.%m.%d": "2019.05.28",
}
IMPOSSIBLE = _("A platform can't want this: it is too small or too large.")
REFUSALS: dict[Fault, Any] = {
    Fault.NO_CHANGE: _("This is what is adopted already: nothing would change."),
    Fault.SAME_PERSON: _("Somebody else has to adopt what you put forward."),
    Fault.NOT_REPLAYED: _("Replay the last batches first."),
    Fault.STALE: _("Something was learned meanwhile: put the change forward again."),
    Fault.DECIDED: _("This was decided meanwhile."),
}
_FIELDS = {
    "limits.rows": "rows",
    "limits.bytes": "bytes",
    "limits.per_minute": "per_minute",
    "date_format": "date_format",
    "forbidden": "forbidden",
}


def _limit(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=_("Leave it empty where no limit is known."),
        required=False,
        min_value=1,
        widget=forms.TextInput(
            attrs={"class": "short", "inputmode": "numeric", "autocomplete": "off"}
        ),
        error_messages={
            "invalid": _("Write a whole number."),
            "min_value": _("The limit has to be at least 1."),
        },
    )


class Proposing(forms.Form):
    """A change of a platform's profile; it begins with what is sent by today."""

    use_required_attribute = False
    rows = _limit(_("Rows in a package"))
    bytes = _limit(_("Bytes in a package"))
    per_minute = _limit(_("Packages a minute"))
    date_format = forms.ChoiceField(
        label=_("How days are written"),
        choices=[(each, SHOWN_FORMATS[each]) for each in DATE_FORMATS],
    )
    forbidden = forms.CharField(
        label=_("Characters that the platform does not take"),
        help_text=_("One after the other, without blanks. They are left out."),
        required=False,
        max_length=60,
        strip=True,
    )
    reason = forms.CharField(
        label=_("Why"),
        help_text=_(
            "Such as the platform's notice, with its day. It is kept in the ledger."
        ),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("Say why."),
            "max_length": _("This is too long: at most 200 characters."),
        },
    )

    def __init__(self, data: object = None, *, profile: Profile) -> None:
        wish = wish_of(profile)
        initial = {
            "rows": wish.rows,
            "bytes": wish.bytes,
            "per_minute": wish.per_minute,
            "date_format": wish.date_format,
            "forbidden": "".join(wish.forbidden),
        }
        super().__init__(data, initial=initial)  # type: ignore[arg-type]

    def wish(self) -> Wish:
        """Return what was asked for."""
        said = self.cleaned_data
        characters = {each for each in said["forbidden"] if not each.isspace()}
        return Wish(
            said["rows"],
            said["bytes"],
            said["per_minute"],
            said["date_format"],
            tuple(sorted(characters)),
        )

    def refuse(self, why: ImpossibleError | ProposalRefusedError | ReasonError) -> None:
        """Say at its field why the change can't be put forward."""
        if isinstance(why, ImpossibleError):
            self.add_error(_FIELDS.get(why.problem.key, "rows"), IMPOSSIBLE)
        elif isinstance(why, ProposalRefusedError):
            self.add_error("rows", REFUSALS[why.fault])
        else:
            self.add_error("reason", str(FAULTS[why.fault]))


class Feedback(forms.Form):
    """A file of a platform's feedback."""

    use_required_attribute = False
    file = forms.FileField(
        label=_("File of feedback"),
        help_text=_(
            "CSV, XLSX or JSON, at most 20 MB. It names each row by its key, or by the"
            " columns of the key, with a result, a code and the reason."
        ),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty."),
        },
    )

    def clean_file(self) -> Any:
        """Refuse a file that is too large before it is read."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 20 MB."))
        return file
