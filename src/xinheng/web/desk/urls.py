"""URLs of the desk."""

from django.urls import URLPattern, path

from xinheng.web.desk import (
    accounts,
    catalog,
    handing_in,
    home,
    second_factor,
    sign_in,
    submissions,
)


def steps(purpose: str) -> list[URLPattern]:
    """Return the pages that ask for unit, dataset and month, one after the other."""
    asked = {"purpose": purpose}
    unit, dataset = f"{purpose}/<slug:unit>/", f"{purpose}/<slug:unit>/<slug:dataset>/"
    return [
        path(f"{purpose}/", handing_in.choose_unit, asked, name=purpose),
        path(unit, handing_in.choose_dataset, asked, name=f"{purpose}-dataset"),
        path(dataset, handing_in.choose_period, asked, name=f"{purpose}-period"),
    ]


app_name = "desk"
one = "submissions/<slug:submission>"
last = "<slug:unit>/<slug:dataset>/<slug:period>"
urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in", sign_in.sign_in, name="sign-in"),
    path("sign-out", sign_in.sign_out, name="sign-out"),
    path("second-factor", second_factor.second_factor, name="second-factor"),
    path(
        "second-factor/setup",
        second_factor.second_factor_setup,
        name="second-factor-setup",
    ),
    *steps("upload"),
    path(f"upload/{last}", handing_in.upload, name="upload-last"),
    *steps("nil-return"),
    path(f"nil-return/{last}", handing_in.nil_return, name="nil-return-last"),
    path("submissions/", submissions.index, name="submissions"),
    path(one, submissions.submission, name="submission"),
    path(f"{one}/progress", submissions.progress, name="progress"),
    path(f"{one}/findings", submissions.findings, name="findings"),
    path(f"{one}/rejects.csv", submissions.rejects, name="rejects"),
    path(f"{one}/receipt", submissions.receipt, name="receipt"),
    path(f"{one}/receipt.json", submissions.receipt_file, name="receipt-file"),
    path("templates/", catalog.templates, name="templates"),
    path("accounts/", accounts.index, name="accounts"),
]
