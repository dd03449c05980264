"""URLs of the portal."""

from django.urls import path, register_converter
from django.views.generic import TemplateView

from xinheng.web.periods import PeriodConverter
from xinheng.web.portal import (
    bulletins,
    campaigns,
    catalog,
    feeds,
    home,
    ledger,
    lists,
    open_data,
    organization,
    receipts,
    recent,
    redress,
    reporting,
    reports,
    robots,
    search,
    statistics,
    table,
    units,
)

register_converter(PeriodConverter, "period")
register_converter(receipts.CodeConverter, "receipt")

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("search", search.search, name="search"),
    path("organizations/<str:uscc>", organization.organization, name="organization"),
    path(
        "organizations/<str:uscc>/credit-report", reports.public, name="credit-report"
    ),
    path("reports/authorized", reports.authorized, name="authorized-report"),
    path("lists/", lists.index, name="lists"),
    path(
        "organizations/<str:uscc>/report/<slug:key>",
        reporting.report,
        name="report-data",
    ),
    path("reported", reporting.done, name="report-done"),
    path("recent/<slug:dataset>", recent.show, name="recent"),
    path("feeds/<slug:dataset>.atom", feeds.feed, name="feed"),
    path("data/", open_data.index, name="open-data"),
    path("data/datapackage.json", open_data.data_package, name="data-package"),
    path("data/catalog.jsonld", open_data.dcat, name="dcat"),
    path("data/<path:name>", open_data.download, name="data-file"),
    path("robots.txt", robots.robots, name="robots"),
    path("sitemap.xml", robots.sitemap, name="sitemap"),
    path("sitemap-<int:part>.xml", robots.sitemap_part, name="sitemap-part"),
    path("table/", table.latest, name="table"),
    path("table/<period:period>", table.month, name="table-month"),
    path(
        "table/<period:period>.<str:file_format>", table.download, name="table-download"
    ),
    path(
        "table/<period:period>/<slug:unit>/<slug:category>",
        bulletins.counted,
        name="counted",
    ),
    path("units/", units.index, name="units"),
    path("units/<slug:unit>/", units.unit, name="unit"),
    path("statistics/", statistics.latest, name="statistics"),
    path("statistics/<period:period>", statistics.month, name="statistics-month"),
    path(
        "statistics/<period:period>/<slug:name>.svg",
        statistics.chart,
        name="statistics-chart",
    ),
    path("bulletin/", bulletins.index, name="bulletins"),
    path("bulletin/<int:year>/<int:number>", bulletins.issue, name="bulletin"),
    path(
        "bulletin/<int:year>/<int:number>.<str:file_format>",
        bulletins.download,
        name="bulletin-download",
    ),
    path("verify/", receipts.ask, name="verify"),
    path("verify/<receipt:code>", receipts.receipt, name="receipt"),
    path("verify/<receipt:code>.json", receipts.receipt_file, name="receipt-file"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/verifier.py", ledger.verifier, name="verifier"),
    path("redress/", redress.rights, name="rights"),
    path("redress/figures", redress.index, name="redress"),
    path("commitments/", redress.promised, name="commitments"),
    path("campaigns/", campaigns.index, name="campaigns"),
    path("catalog/", catalog.index, name="catalog"),
    path("catalog/<slug:name>", catalog.dataset, name="dataset"),
    path("catalog/<slug:name>/template.csv", catalog.template_csv, name="template-csv"),
    path(
        "catalog/<slug:name>/template.xlsx", catalog.template_xlsx, name="template-xlsx"
    ),
    path("catalog/<slug:name>/schema.json", catalog.schema, name="schema"),
    path(
        "about/",
        TemplateView.as_view(template_name="portal/about.html"),
        name="about",
    ),
    path(
        "accessibility/",
        TemplateView.as_view(template_name="portal/accessibility.html"),
        name="accessibility",
    ),
]
