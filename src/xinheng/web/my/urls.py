"""URLs of the organization's own pages."""

from django.urls import path
from django.views.generic import TemplateView

from xinheng.web.my import (
    activate,
    entries,
    export,
    home,
    own_cases,
    own_commitments,
    own_listings,
    own_reports,
)

app_name = "my"
one = "<str:uscc>/"
record = f"{one}records/<int:record>"
listing = f"{one}listings/<int:listing>"
case = f"{one}cases/<int:case>"
urlpatterns = [
    path("", home.index, name="index"),
    path("activate", activate.activate, name="activate"),
    path(
        "activated",
        TemplateView.as_view(template_name="my/activated.html"),
        name="activated",
    ),
    path(one, home.organization, name="organization"),
    path(f"{one}looks", home.looks, name="looks"),
    path(f"{one}export.json", export.as_json, name="export-json"),
    path(f"{one}export.zip", export.as_zip, name="export-zip"),
    path(f"{one}commitments/new/", own_commitments.choose, name="commit-choose"),
    path(f"{one}commitments/new/<slug:name>", own_commitments.make, name="commit"),
    path(f"{one}report", own_reports.report, name="report"),
    path(f"{one}consents/", own_reports.consents, name="consents"),
    path(
        f"{one}consents/<int:consent>/withdraw",
        own_reports.withdraw,
        name="consent-withdraw",
    ),
    path(record, entries.record, name="record"),
    path(f"{record}/object/", entries.choose_kind, name="object-choose"),
    path(f"{record}/object/<slug:kind>", entries.object_to, name="object"),
    path(f"{record}/repair", entries.repair, name="repair"),
    path(listing, own_listings.listing, name="listing"),
    path(f"{listing}/object", own_listings.object_to, name="listing-object"),
    path(f"{listing}/repair", own_listings.repair, name="listing-repair"),
    path(case, own_cases.case, name="case"),
    path(f"{case}/object", own_cases.object_to_result, name="object-result"),
]
