"""URLs of the desk."""

from django.urls import URLPattern, path

from xinheng.web.desk import (
    accounts,
    acts,
    agents,
    catalog,
    code_rates,
    columns,
    disclosures,
    duties,
    duties_list,
    duties_rates,
    handing_in,
    home,
    listings,
    listings_documents,
    listings_schemes,
    measures,
    promises,
    queues,
    queues_deciding,
    queues_questions,
    record_form,
    redress,
    second_factor,
    sign_in,
    standing,
    submissions,
    successions,
    trainings,
    workbench,
    workbench_return,
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
    path("reports/", disclosures.reports, name="disclosure-reports"),
    path("reports/<int:report>", disclosures.report, name="disclosure-report"),
    path("", home.home, name="home"),
    path("acts/", acts.acts, name="acts"),
    path("acts/<int:seq>", acts.act, name="act"),
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
    path(f"record/{last}", record_form.record, name="record"),
    path(
        "columns/<slug:unit>/<slug:dataset>",
        columns.remembered,
        name="remembered-columns",
    ),
    *steps("nil-return"),
    path(f"nil-return/{last}", handing_in.nil_return, name="nil-return-last"),
    path("submissions/", submissions.index, name="submissions"),
    path(one, submissions.submission, name="submission"),
    path(f"{one}/columns", columns.columns, name="columns"),
    path(f"{one}/cancel", columns.cancel, name="cancel"),
    path(f"{one}/rejects.xlsx", submissions.rejects_workbook, name="rejects-xlsx"),
    path(
        f"{one}/questions.xlsx", submissions.questions_workbook, name="questions-xlsx"
    ),
    path(f"{one}/progress", submissions.progress, name="progress"),
    path(f"{one}/findings", submissions.findings, name="findings"),
    path(f"{one}/rejects.csv", submissions.rejects, name="rejects"),
    path(f"{one}/receipt", submissions.receipt, name="receipt"),
    path(f"{one}/receipt.json", submissions.receipt_file, name="receipt-file"),
    path("queues/", queues.index, name="queues"),
    path("queues/mend", queues.mend, name="queue-mend"),
    path("queues/mend/<slug:submission>", queues.mended, name="queue-mended"),
    path(
        "queues/questionable", queues_deciding.questionable, name="queue-questionable"
    ),
    path("queues/rows/<int:row>", queues_deciding.row, name="queue-row"),
    path("queues/unlinked", queues.unlinked, name="queue-unlinked"),
    path("queues/organizations.csv", queues.export, name="queue-export"),
    path("queues/questions/", queues_questions.index, name="questions"),
    path("queues/questions/<int:question>", queues_questions.question, name="question"),
    path("queues/holds/", queues_questions.holds, name="holds"),
    path("queues/holds/<int:hold>", queues_questions.hold, name="hold"),
    path("duties/", duties_list.index, name="duties-list"),
    path("duties/assign", duties_list.assign, name="duties-assign"),
    path("duties/<slug:unit>/<slug:dataset>/end", duties_list.end, name="duties-end"),
    path("duties/<slug:unit>/", duties.calendar, name="duties"),
    path("duties/<slug:unit>/contact", duties.contact, name="duties-contact"),
    path(f"production/{last}", duties.production, name="production"),
    path("rates/", duties_rates.index, name="rates"),
    path("rates.csv", duties_rates.export, name="rates-csv"),
    path("lists/", listings.index, name="listings"),
    path("lists/propose/", listings.choose, name="listings-choose"),
    path("lists/propose/<slug:scheme>", listings.propose, name="listings-propose"),
    path("lists/schemes/", listings_schemes.index, name="list-schemes"),
    path("lists/<int:number>", listings.one, name="listing"),
    path(
        "lists/<int:number>/documents/<slug:digest>.pdf",
        listings_documents.download,
        name="listing-document",
    ),
    path(
        "lists/<int:number>/issue/<slug:kind>",
        listings_documents.issue,
        name="listing-issue",
    ),
    path("lists/<int:number>/<slug:event>", listings.take_step, name="listing-step"),
    path("codes/", workbench.index, name="workbench"),
    path("codes/rates", code_rates.index, name="code-rates"),
    path("codes/rates.csv", code_rates.export, name="code-rates-csv"),
    path("codes/return", workbench_return.form, name="code-return"),
    path("codes/return.<slug:form>", workbench_return.file, name="code-return-file"),
    path("codes/successions/", successions.index, name="successions"),
    path(
        "codes/successions/from/<str:uscc>", successions.propose, name="succession-new"
    ),
    path("codes/successions/<int:number>", successions.one, name="succession"),
    path("codes/<int:issue>", workbench.issue, name="code-issue"),
    path(
        "codes/<int:issue>/files/<slug:digest>", workbench.file, name="code-issue-file"
    ),
    path(
        "codes/<int:issue>/judgements/<int:judgement>",
        workbench.withdraw,
        name="code-judgement",
    ),
    path("measures/", measures.index, name="measures"),
    path("measures/look-up", standing.look_up, name="standing"),
    path("measures/<int:number>", measures.task, name="measure"),
    path(
        "measures/<int:number>/acknowledge",
        measures.acknowledge,
        name="measure-acknowledge",
    ),
    path("measures/<int:number>/report", measures.report, name="measure-report"),
    path("measures/<int:number>/undo", measures.undo, name="measure-undo"),
    path("measures/<int:number>/look", measures.look, name="measure-look"),
    path("redress/", redress.inbox, name="redress"),
    path("redress/<int:case>", redress.case, name="redress-case"),
    path("redress/<int:case>/files/<slug:digest>", redress.file, name="redress-file"),
    path("redress/agents/", agents.index, name="agents"),
    path("redress/agents/<int:mandate>/end", agents.end, name="agent-end"),
    path("redress/commitments/", promises.index, name="promises"),
    path("redress/commitments/<int:commitment>", promises.one, name="promise"),
    path("redress/trainings/", trainings.index, name="trainings"),
    path("redress/trainings/new", trainings.record, name="training-new"),
    path("templates/", catalog.templates, name="templates"),
    path("accounts/", accounts.index, name="accounts"),
]
