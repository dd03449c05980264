"""Records in two times: when they are true in law, and when the register knew them.

A correction supersedes the version before it and never overwrites it. `body` is
canonical JSON (RFC 8785), so that `digest` can be recomputed on either database.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q


class Landing(models.Model):
    """A submission as the records know it: what brought a version, at which entry.

    `ledger_seq` is null only inside the transaction that lands the rows.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recorded_at = models.DateTimeField()
    ledger_seq = models.BigIntegerField(null=True, unique=True)


class Record(models.Model):
    """One version of one record.

    `digest` is SHA-256 over `salt` and `body`, a leaf of its submission's tree of rows.
    The version is in force in the register on `[recorded_at, superseded_at)`. Once
    erased, body and salt are empty and the natural key is a name that says nothing;
    the digest stays, and dataset, unit and month, which are counted.
    """

    dataset = models.CharField(max_length=64)
    edition = models.CharField(max_length=16)
    organization = models.ForeignKey(
        "organizations.Organization",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    source_unit = models.ForeignKey(
        "units.Unit", on_delete=models.PROTECT, related_name="+"
    )
    period = models.CharField(max_length=7)
    natural_key = models.TextField()
    decided_on = models.DateField(null=True)
    body = models.TextField()
    salt = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    submission = models.ForeignKey(
        Landing, on_delete=models.PROTECT, related_name="records", db_index=False
    )
    row_number = models.PositiveIntegerField()
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)
    superseded_by = models.ForeignKey(
        Landing, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="record_one_current_version",
                fields=["dataset", "natural_key"],
                condition=Q(superseded_at__isnull=True),
            ),
            models.CheckConstraint(
                name="record_superseded_by_a_submission",
                condition=Q(superseded_at__isnull=True, superseded_by__isnull=True)
                | Q(superseded_at__isnull=False, superseded_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="record_of_organization",
                fields=["organization", "dataset", "-decided_on"],
            ),
            models.Index(
                name="record_of_month", fields=["period", "source_unit", "dataset"]
            ),
            models.Index(
                name="record_of_day",
                fields=["dataset", "-decided_on", "-id"],
                condition=Q(superseded_at__isnull=True),
            ),
            models.Index(name="record_of_landing", fields=["submission", "row_number"]),
            models.Index(
                name="record_superseded",
                fields=["superseded_by", "natural_key"],
                condition=Q(superseded_by__isnull=False),
            ),
        ]


class Restoration(models.Model):
    """A version that brought an earlier content back; `first` brought it originally."""

    record = models.OneToOneField(
        Record, primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    first = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")


class Touch(models.Model):
    """An act other than a landing that changed who may see a version, or what of it.

    `seq` is the act's ledger entry, `place` the one among all that it touched: the
    change feed leads readers past it (`changes.py`).
    """

    seq = models.PositiveBigIntegerField()
    place = models.PositiveBigIntegerField()
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="touch_once", fields=["seq", "place"]),
        ]


class TurnedDay(models.Model):
    """The last day whose coming the feed has told: one row.

    What becomes public or ends with a day, without any act, is touched as it turns.
    `was_adopted` says whether the rulebook was adopted then.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    turned_on = models.DateField()
    was_adopted = models.BooleanField()

    class Meta:
        constraints = [models.CheckConstraint(name="one_turned_day", condition=Q(id=1))]


class PublicationHold(models.Model):
    """Publication of what a unit reports in a dataset stands still, until let pass.

    Set where a count collapses or explodes; `cause` is the landing that did it, `rule`
    and `details` say what was seen. Records that landed since `held_at` are not public
    while it is open. Whoever lets it pass does so by name and with a reason.
    """

    dataset = models.CharField(max_length=64)
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    cause = models.ForeignKey(Landing, on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=40)
    details = models.JSONField(default=dict)
    held_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=64, blank=True)
    release_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="publication_one_open_hold",
                fields=["dataset", "unit"],
                condition=Q(released_at__isnull=True),
            ),
            models.CheckConstraint(
                name="publication_release_names_its_author",
                condition=Q(released_at__isnull=True, released_by="")
                | (Q(released_at__isnull=False) & ~Q(released_by="")),
            ),
        ]


class Succession(models.Model):
    """A merger or split, from its proposal on; see `core.organizations.succession`.

    `datasets` are those whose records follow from `giver` to `heir`. `kept` is
    canonical JSON of the giver as it was before a merger, `left_sha256` the digest of
    how it was left; both are empty where only records followed.
    """

    class Kind(models.TextChoices):
        MERGE = "MERGE", "合并"
        SPLIT = "SPLIT", "分立"

    class Stage(models.TextChoices):
        PROPOSED = "PROPOSED", "已提出"
        DECIDED = "DECIDED", "已决定"
        REFUSED = "REFUSED", "未采纳"
        UNDONE = "UNDONE", "已撤销"

    kind = models.CharField(max_length=8, choices=Kind)
    giver = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+"
    )
    heir = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+"
    )
    datasets = models.JSONField(default=list)
    effective_on = models.DateField()
    evidence = models.CharField(max_length=500)
    stage = models.CharField(max_length=16, choices=Stage)
    proposed_by = models.CharField(max_length=64)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    undone_by = models.CharField(max_length=64, blank=True)
    undone_at = models.DateTimeField(null=True)
    kept = models.TextField(blank=True)
    left_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="succession_of_two_organizations",
                condition=~Q(giver=F("heir")),
            ),
            models.CheckConstraint(
                name="succession_decided_by_another_person",
                condition=Q(stage="PROPOSED", decided_by="")
                | (
                    ~Q(stage="PROPOSED")
                    & ~Q(decided_by="")
                    & ~Q(decided_by=F("proposed_by"))
                ),
            ),
        ]
        indexes = [
            models.Index(name="succession_queue", fields=["stage", "-proposed_at"])
        ]


class RecordMove(models.Model):
    """A version that followed from giver to heir in a succession that was decided.

    From when to when, by whom and why stand with the succession. Once that is undone
    the version is back with the giver, and this row stays as history.
    """

    succession = models.ForeignKey(
        Succession, on_delete=models.PROTECT, related_name="moves"
    )
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="moves")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="record_moves_once_in_a_succession",
                fields=["succession", "record"],
            ),
        ]
