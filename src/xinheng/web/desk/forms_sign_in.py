"""What is asked at sign-in: name and password, then the code of the second factor."""

from __future__ import annotations

import unicodedata

from django import forms
from django.utils.translation import gettext_lazy as _

CODE_DIGITS = 6
BLANKS_AND_HYPHENS = str.maketrans("", "", " -\t\u3000\u00a0")


class SignIn(forms.Form):
    """Name and password; a wrong one of either gives the same answer."""

    use_required_attribute = False
    username = forms.CharField(
        label=_("Account name"),
        max_length=64,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "username",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
        error_messages={"required": _("Enter your account name.")},
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Enter your password.")},
    )

    def clean_username(self) -> str:
        """Read full-width and capital letters as what they stand for."""
        return unicodedata.normalize("NFKC", self.cleaned_data["username"]).lower()

    def add_refusal(self) -> None:
        """Say that name and password do not go together, and no more."""
        self.add_error("username", _("The account name or the password is wrong."))


class Code(forms.Form):
    """The six digits that the authenticator app shows."""

    use_required_attribute = False
    code = forms.CharField(
        label=_("Code"),
        help_text=_("The six digits that your authenticator app shows now."),
        max_length=16,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "class": "short",
            }
        ),
        error_messages={"required": _("Enter the code.")},
    )

    def clean_code(self) -> str:
        """Read full-width digits and blanks between them as what they stand for."""
        typed = unicodedata.normalize("NFKC", self.cleaned_data["code"])
        digits = typed.translate(BLANKS_AND_HYPHENS)
        if len(digits) != CODE_DIGITS or not (digits.isascii() and digits.isdigit()):
            raise forms.ValidationError(_("The code has six digits."))
        return digits

    def add_refusal(self, wait_seconds: int) -> None:
        """Say that the code is wrong, or how long no code is accepted."""
        if wait_seconds > 0:
            self.add_error(
                "code",
                _("Too many wrong codes. Try again in %(seconds)s seconds.")
                % {"seconds": wait_seconds},
            )
        else:
            self.add_error("code", _("This code is wrong or was used already."))
