"""Coming in by an activation letter: open to everyone who holds one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from xinheng.apps.accounts.operations import (
    AccountRefusedError,
    Reason,
    WeakPasswordError,
)
from xinheng.apps.agents import operations as agents
from xinheng.apps.agents.operations import ActivationRefusedError, Claim
from xinheng.core.identifiers import uscc as codes
from xinheng.web.my.forms import Activate


@sensitive_post_parameters("password", "code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def activate(request: HttpRequest) -> HttpResponse:
    """Take the code of a letter and open the agent's account."""
    form = Activate(request.POST if request.method == "POST" else None)
    if form.is_valid() and _activate(form):
        return redirect("my:activated")
    return render(request, "my/activate.html", {"form": form})


def _activate(form: Activate) -> bool:
    """Open the account; tell the form and return False where that can't be."""
    told = dict(form.cleaned_data)
    told["uscc"] = codes.normalize(told["uscc"])
    try:
        agents.activate(claim=Claim(**told), at=timezone.now())
    except ActivationRefusedError:
        form.add_error(
            "code",
            _(
                "The code lets nobody in: it is mistyped, was used, is too old, or is"
                " for another organization. The credit office prints a new letter."
            ),
        )
    except AccountRefusedError as refused:
        taken = refused.reason is Reason.USERNAME_TAKEN
        form.add_error(
            "username",
            _("This sign-in name is taken.")
            if taken
            else _("Use 3 to 64 of a-z, 0-9, dot, hyphen and underscore."),
        )
    except WeakPasswordError:
        form.add_error(
            "password",
            _("Choose a longer password that is not a common one: 12 characters."),
        )
    else:
        return True
    return False
