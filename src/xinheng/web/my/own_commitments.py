"""The organization's own commitments: making one."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from xinheng.apps.cases.operations import RefusedError
from xinheng.apps.commitments import operations as commitments
from xinheng.apps.units import queries as units
from xinheng.core.commitments.promises import Promise, Type
from xinheng.rulebook import redress
from xinheng.web import redress_words
from xinheng.web.access import DeskRequest, agent
from xinheng.web.my import asking, forms
from xinheng.web.my.entries import GET_OR_POST
from xinheng.web.templatetags.xinheng import local


@agent
@require_safe
def choose(request: DeskRequest, uscc: str) -> HttpResponse:
    """Offer the six types; one for repair is made with the application."""
    rules = [
        rule
        for rule in redress.commitment_types().values()
        if rule.type is not Type.REPAIR
    ]
    context = {"item": asking.acting(request, uscc), "rules": rules}
    return render(request, "my/commitment_types.html", context)


@agent
@GET_OR_POST
def make(request: DeskRequest, uscc: str, name: str) -> HttpResponse:
    """Take a commitment, starting from the type's template."""
    item = asking.acting(request, uscc)
    if name not in set(Type) or name == Type.REPAIR:
        raise Http404(name)
    rule = redress.commitment_types()[Type(name)]
    form = forms.Commit(
        asking.sent(request),
        units=[
            (u.code, local(u, "name")) for u in units.list_units(asking.by(request).on)
        ],
        initial={"text": rule.template},
    )
    if form.is_valid() and _make(request, item.key, Type(name), form):
        return redirect(f"{reverse('my:organization', args=[uscc])}?done=promised")
    context = {"item": item, "rule": rule, "form": form}
    return render(request, "my/commitment.html", context)


def _make(
    request: DeskRequest, organization: str, type_: Type, form: forms.Commit
) -> bool:
    told = form.cleaned_data
    by = asking.by(request)
    promise = Promise(type_, told["matter"], told["text"], by.on, told["valid_to"])
    try:
        commitments.make(
            organization=organization,
            promise=promise,
            unit=told["unit"] or None,
            is_public=told["is_public"],
            by=by,
        )
    except RefusedError as refused:
        field = "valid_to" if refused.code == "COMMITMENT_PERIOD" else "text"
        form.add_error(field, redress_words.said(refused))
        return False
    return True
