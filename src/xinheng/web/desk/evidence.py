"""Files of evidence on a page: the form's field, why one is refused, the download."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from xinheng.apps.evidence.queries import EvidenceRef
from xinheng.core.evidence.faults import EvidenceError, Fault
from xinheng.web.files import attachment
from xinheng.web.templatetags.xinheng import bytes_size

FAULTS: dict[Fault, Promise] = {
    Fault.EMPTY: _("The file is empty."),
    Fault.TOO_LARGE: _("The file is too large: at most %(limit)s."),
    Fault.NAME: _("Rename the file: its name is too long or holds odd characters."),
    Fault.TYPE: _("This is no PDF, JPEG or PNG. Save or scan it as one of these."),
    Fault.SUFFIX: _("The file's name must end as its content says: .pdf, .jpg, .png."),
    Fault.DAMAGED: _("The file is damaged. Save it once more, or scan it again."),
    Fault.ENCRYPTED: _("The file is protected by a password. Save it without one."),
    Fault.ACTIVE: _(
        "The file holds scripts, attachments or forms. Print it as a PDF and choose"
        " that."
    ),
    Fault.UNREADABLE: _(
        "The text of this PDF can't be searched for personal identity numbers. Save it"
        " as PDF/A, or scan the document."
    ),
    Fault.UNREAD: _(
        "Nothing could be read on this scan, so it can't be searched for personal"
        " identity numbers. Scan it again, upright, at 200 to 300 dots an inch."
    ),
    Fault.NO_READER: _(
        "Scans and pictures can't be taken here now: what searches them for personal"
        " identity numbers is not installed. Choose a PDF with text, or ask the"
        " operator."
    ),
    Fault.TOO_MANY_SCANS: _("The file holds more than 20 pictures. Split it."),
    Fault.PERSONAL_ID: _(
        "A personal identity number stands in the file or its name. Take it out and"
        " choose the file again."
    ),
}


class EvidenceInput(forms.FileInput):
    """A choice of several files."""

    allow_multiple_selected = True


class EvidenceField(forms.FileField):
    """Files that prove something; cleaned, a list of uploads, empty for none.

    What is in them is examined when they are stored: see `faults`.
    """

    widget = EvidenceInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"})

    def __init__(self, *, most: int, **options: object) -> None:
        options.setdefault("label", _("Files of the document"))
        options.setdefault("required", False)
        super().__init__(allow_empty_file=True, **options)  # type: ignore[arg-type]
        self.most = most

    def clean(
        self, data: Sequence[UploadedFile[bytes]] | None, initial: object = None
    ) -> list[UploadedFile[bytes]]:
        """Refuse more files than may be given, and those that are too large to read."""
        given = [file for file in data or () if file]
        if not given:
            super().clean(None, initial)
        if len(given) > self.most:
            text = _("Choose at most %(most)s files.") % {"most": self.most}
            raise forms.ValidationError(str(text))
        if any((file.size or 0) > settings.MAX_EVIDENCE_BYTES for file in given):
            raise forms.ValidationError(said(Fault.TOO_LARGE))
        return given


def said(fault: Fault) -> str:
    """Return why a file can't be kept, in the reader's language."""
    return str(FAULTS[fault]) % {"limit": bytes_size(settings.MAX_EVIDENCE_BYTES)}


def refuse(form: forms.Form, field: str, error: EvidenceError) -> None:
    """Say at the form's field why a file can't be kept."""
    form.add_error(field, said(error.fault))


def download(ref: EvidenceRef, content: bytes) -> HttpResponse:
    """Return the file, to be saved and not shown: its content is a stranger's."""
    return attachment(content, ref.name, ref.media_type.value)
