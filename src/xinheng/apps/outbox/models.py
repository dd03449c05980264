"""The outbox's tables: what has to leave, and who asked for it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Subscription(models.Model):
    """Someone who is told of what happens: a job of the house, a webhook, an exchange.

    `topic` is a topic or, ending in `.`, the beginning of topics; empty means all.
    `unit` is the code of the unit on whose behalf it stands, empty for the house's own.
    """

    class Kind(models.TextChoices):
        JOB = "JOB", "内部任务"
        WEBHOOK = "WEBHOOK", "网络回调"
        EXCHANGE = "EXCHANGE", "上级交换"

    name = models.CharField(max_length=32, primary_key=True)
    kind = models.CharField(max_length=16, choices=Kind)
    address = models.CharField(max_length=500, blank=True)
    topic = models.CharField(max_length=64, blank=True)
    unit = models.CharField(max_length=32, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="outbox_subscription_is_named", condition=~Q(name="")
            ),
        ]


class Delivery(models.Model):
    """One message to one target, delivered at least once and in order per subject.

    An empty `target` is the house itself: what the act's own transaction queued.
    Fanning it out makes one delivery for each subscription, with the subscription as
    `target`.
    """

    class State(models.TextChoices):
        PENDING = "PENDING", "待送达"
        DELIVERED = "DELIVERED", "已送达"
        DEAD = "DEAD", "已停止"

    key = models.CharField(max_length=100, unique=True)
    target = models.CharField(max_length=32, blank=True)
    topic = models.CharField(max_length=64)
    subject = models.CharField(max_length=200)
    subject_position = models.PositiveBigIntegerField()
    payload = models.TextField()
    ledger_seq = models.PositiveBigIntegerField()
    state = models.CharField(max_length=16, choices=State, default=State.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    leased_by = models.CharField(max_length=100, blank=True)
    leased_until = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=Q(state="PENDING"),
                name="outbox_due",
            ),
            models.Index(
                fields=["target", "subject", "subject_position"],
                condition=Q(state="PENDING"),
                name="outbox_waiting",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["target", "subject", "subject_position"],
                name="outbox_one_order_per_subject",
            ),
            models.CheckConstraint(
                name="outbox_delivered_has_a_time",
                condition=Q(state="DELIVERED", delivered_at__isnull=False)
                | (~Q(state="DELIVERED") & Q(delivered_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="outbox_only_pending_is_leased",
                condition=Q(state="PENDING") | Q(leased_until__isnull=True),
            ),
        ]
