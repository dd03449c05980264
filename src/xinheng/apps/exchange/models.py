"""What is owed to other platforms, what was sent to them, and what they said."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class TargetState(models.Model):
    """How far a target has been told, and what was learned of it.

    `cursor` is a place in the change feed, empty before the first run. `adopted` is
    what two persons changed about the rulebook's profile, `learned` what was found
    since; `version` counts the changes. `fine` are the signs that it took. A run holds
    the target until `leased_until`.
    """

    name = models.CharField(max_length=32, primary_key=True)
    profile = models.CharField(max_length=64)
    cursor = models.CharField(max_length=40, blank=True)
    version = models.PositiveIntegerField(default=0)
    adopted = models.JSONField(default=dict)
    learned = models.JSONField(default=dict)
    fine = models.TextField(blank=True)
    leased_until = models.DateTimeField(null=True)
    last_run_at = models.DateTimeField(null=True)
    last_answer_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=64, blank=True)
    failures = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)


class ProfileChange(models.Model):
    """A change of a target's profile that was learned from its answers.

    It is taken back, or adopted by two persons, or still on trial.
    """

    target = models.ForeignKey(
        TargetState, on_delete=models.PROTECT, related_name="changes"
    )
    version = models.PositiveIntegerField()
    key = models.CharField(max_length=200)
    before = models.TextField()
    after = models.TextField()
    package = models.CharField(max_length=64)
    learned_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=64, blank=True)
    adopted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="exchange_one_change_of_a_version", fields=["target", "version"]
            ),
            models.CheckConstraint(
                name="exchange_undone_by_somebody",
                condition=Q(undone_at__isnull=True, undone_by="")
                | (Q(undone_at__isnull=False) & ~Q(undone_by="")),
            ),
        ]


class Proposal(models.Model):
    """A change of a target's profile that one person puts forward and another adopts.

    `wanted` is the whole of what would differ from the rulebook, `lines` the difference
    to what is adopted: (key, before, after). `replayed` counts what the last replay
    came to, on the simulator, `sent` what it came to for real; both empty before.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", "待采纳"
        ADOPTED = "ADOPTED", "已采纳"
        DROPPED = "DROPPED", "未采纳"

    target = models.ForeignKey(
        TargetState, on_delete=models.PROTECT, related_name="proposals"
    )
    based_on = models.PositiveIntegerField()
    wanted = models.JSONField()
    lines = models.JSONField()
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=64)
    replayed_at = models.DateTimeField(null=True)
    replayed = models.JSONField(default=dict)
    asked_at = models.DateTimeField(null=True)
    asked_by = models.CharField(max_length=64, blank=True)
    asked_batches = models.PositiveIntegerField(null=True)
    sent = models.JSONField(default=dict)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="exchange_one_open_proposal",
                fields=["target"],
                condition=Q(state="OPEN"),
            ),
            models.CheckConstraint(
                name="exchange_adopted_by_a_second_person",
                condition=~Q(state="ADOPTED")
                | (
                    Q(replayed_at__isnull=False)
                    & ~Q(decided_by="")
                    & ~Q(decided_by=F("proposed_by"))
                ),
            ),
            models.CheckConstraint(
                name="exchange_decided_has_a_time",
                condition=Q(state="OPEN", decided_at__isnull=True)
                | (~Q(state="OPEN") & Q(decided_at__isnull=False)),
            ),
        ]


class Obligation(models.Model):
    """What a target is to be told about one version of one record.

    `record` names the record in every version, `version` the one that it is about.
    `values` are kept while it is open; of what was settled only what names the record
    there. `digest` says whether something new is to be told. `sent_in` are the packages
    in which it left.
    """

    class Act(models.TextChoices):
        PUT = "put", "报送"
        WITHDRAW = "withdraw", "撤销"

    class State(models.TextChoices):
        DUE = "DUE", "待报"
        PACKED = "PACKED", "已打包"
        SENT = "SENT", "已发送"
        ACCEPTED = "ACCEPTED", "已接收"
        REFUSED = "REFUSED", "被退回"
        WITHDRAWN = "WITHDRAWN", "已取代"

    target = models.ForeignKey(
        TargetState, on_delete=models.PROTECT, related_name="obligations"
    )
    dataset = models.CharField(max_length=64)
    unit = models.CharField(max_length=32)
    record = models.CharField(max_length=200)
    version = models.CharField(max_length=40)
    act = models.CharField(max_length=16, choices=Act)
    values = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=16, choices=State, default=State.DUE)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    sent_in = models.JSONField(default=list)
    sent_key = models.TextField(blank=True)
    code = models.CharField(max_length=64, blank=True)
    message = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="exchange_one_obligation_of_a_version",
                fields=["target", "record", "version", "act"],
            ),
            models.CheckConstraint(
                name="exchange_settled_has_a_time",
                condition=Q(
                    state__in=["DUE", "PACKED", "SENT"], settled_at__isnull=True
                )
                | Q(
                    state__in=["ACCEPTED", "REFUSED", "WITHDRAWN"],
                    settled_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="exchange_sent_names_its_package",
                condition=~Q(state="SENT") | (~Q(sent_key="") & ~Q(sent_at=None)),
            ),
        ]
        indexes = [
            models.Index(fields=["target", "state", "id"], name="exchange_by_state"),
            models.Index(fields=["target", "record", "id"], name="exchange_by_record"),
            models.Index(fields=["target", "version"], name="exchange_by_version"),
            models.Index(fields=["target", "-sent_at"], name="exchange_by_sending"),
        ]


class Trial(models.Model):
    """One sending of a package and its answer; `kind` is empty until there is one."""

    target = models.ForeignKey(
        TargetState, on_delete=models.PROTECT, related_name="trials"
    )
    dataset = models.CharField(max_length=64)
    package = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    profile_version = models.PositiveIntegerField()
    purpose = models.CharField(max_length=16)
    rows = models.PositiveIntegerField()
    size_bytes = models.PositiveBigIntegerField()
    sent_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    kind = models.CharField(max_length=16, blank=True)
    code = models.CharField(max_length=64, blank=True)
    message = models.CharField(max_length=500, blank=True)
    oddities = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["target", "-id"], name="exchange_trials")]


class Oddity(models.Model):
    """A line of feedback that was not followed, kept until somebody has looked.

    `line` counts the file's rows from 1, 0 for the file as a whole; `key` is what the
    target calls the row. `digest` is the SHA-256 of the file.
    """

    target = models.ForeignKey(
        TargetState, on_delete=models.PROTECT, related_name="oddities"
    )
    source = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    line = models.PositiveIntegerField()
    why = models.CharField(max_length=64)
    dataset = models.CharField(max_length=64, blank=True)
    key = models.TextField(blank=True)
    code = models.CharField(max_length=64, blank=True)
    message = models.CharField(max_length=500, blank=True)
    found_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="exchange_one_oddity_of_a_line",
                fields=["target", "digest", "line", "why"],
            ),
        ]


class NeighborState(models.Model):
    """How far the feed of another installation was followed.

    `note` is the last signed checkpoint of its ledger, empty before the first: whatever
    it signs later has to continue that.
    """

    name = models.CharField(max_length=32, primary_key=True)
    cursor = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)
    last_run_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=64, blank=True)


class Received(models.Model):
    """A record of another installation, as long as it is shown there.

    `version` and `key` are its names there, `values` the fields by the catalog's names.
    `signed_size` is the size of the neighbor's ledger that was signed when it was
    taken, null where that was not noted.
    """

    neighbor = models.ForeignKey(
        NeighborState, on_delete=models.PROTECT, related_name="records"
    )
    version = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    dataset = models.CharField(max_length=64)
    uscc = models.CharField(max_length=18, blank=True)
    source_unit = models.CharField(max_length=200)
    values = models.JSONField(default=dict)
    received_at = models.DateTimeField()
    signed_size = models.PositiveBigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="exchange_one_received_version", fields=["neighbor", "version"]
            ),
        ]
        indexes = [models.Index(fields=["uscc"], name="exchange_received_about")]
