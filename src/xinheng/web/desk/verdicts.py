"""A submission's verdict in words and widths: the six counts, the rules that found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from xinheng.apps.intake.views import SubmissionView
from xinheng.core.submissions.findings import Severity
from xinheng.core.submissions.outcomes import Counts
from xinheng.pipeline.parts import Skipped, explain, worth_a_look
from xinheng.rulebook import catalog as rulebook
from xinheng.web.templatetags.xinheng import is_english, local

WIDTH = 1000  # of the whole bar, in its own units
GRAVEST = [Severity.ERROR, Severity.QUESTION, Severity.NOTICE]

PARTS: tuple[tuple[str, Promise, Promise], ...] = (
    ("new", _("New"), _("Not in the register before; taken.")),
    ("changed", _("Changed"), _("The register held an earlier version; replaced.")),
    ("unchanged", _("Unchanged"), _("The register held exactly this; nothing to do.")),
    ("rejected", _("Rejected"), _("Something is wrong with the row; not taken.")),
    ("questionable", _("In question"), _("Kept aside until a person decides.")),
    (
        "unlinked",
        _("Organization unknown"),
        _("Kept aside until the register knows it."),
    ),
)


_ABOUT_PERSONS = frozenset({"PERSONAL_ID", "PERSONAL_ID_SUSPECTED", "NATURAL_PERSON"})


@dataclass(frozen=True, slots=True)
class Part:
    """One of the six counts, with its place on the bar."""

    name: str
    title: Promise
    meaning: Promise
    rows: int
    left: int
    width: int


@dataclass(frozen=True, slots=True)
class FoundRule:
    """A rule that found something, in the reader's language."""

    code: str
    severity: Severity
    text: str
    count: int


@dataclass(frozen=True, slots=True)
class TitledSubmission:
    """A submission with its dataset's title in the reader's language."""

    submission: SubmissionView
    title: str


def parts(counts: Counts) -> list[Part]:
    """Return the six counts in their order; on the bar they fill its width."""
    read = counts.rows_read or 1
    placed, before = [], 0
    for name, title_, meaning in PARTS:
        rows: int = getattr(counts, name)
        left = before * WIDTH // read
        before += rows
        width = max(before * WIDTH // read - left, 1 if rows else 0)
        placed.append(Part(name, title_, meaning, rows, left, width))
    return placed


def rules(found: Mapping[str, int]) -> list[FoundRule]:
    """Return the rules that found something: the gravest, then the most frequent."""
    told = [_rule(code, count) for code, count in found.items()]
    return sorted(told, key=lambda rule: (GRAVEST.index(rule.severity), -rule.count))


def _rule(code: str, count: int) -> FoundRule:
    rule = rulebook.rules()[code]
    title = rule.title_en if is_english() else rule.title_zh
    return FoundRule(code, rule.severity, title or code, count)


def severities(found: Iterable[FoundRule]) -> list[tuple[Severity, int]]:
    """Return how many findings there are of each severity, the gravest first."""
    counted: Counter[Severity] = Counter()
    for rule in found:
        counted[rule.severity] += rule.count
    return [(each, counted[each]) for each in GRAVEST if counted[each]]


def title(dataset: str) -> str:
    """Return a dataset's title in the reader's language."""
    return local(rulebook.dataset(dataset), "title")


def with_titles(items: Iterable[SubmissionView]) -> list[TitledSubmission]:
    """Return submissions with the titles of their datasets, in the same order."""
    return [TitledSubmission(item, title(item.dataset)) for item in items]


def is_person_in_rows(found: Mapping[str, int]) -> bool:
    """Tell whether a row was about a person, or held a person's number."""
    return not _ABOUT_PERSONS.isdisjoint(found)


def left_out(skipped: Sequence[Skipped]) -> list[tuple[str, str]]:
    """Return the sheets in which something stands that was not read, and why not."""
    place = 1 if is_english() else 0
    return [
        (each.sheet or each.file, explain(each)[place])
        for each in worth_a_look(skipped)
    ]
