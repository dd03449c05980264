"""Which edition of the rulebook a lawyer has adopted, and since when.

| stage | proposed_by | adopted_by | effect |
|---|---|---|---|
| proposed | an account | empty | none |
| adopted | an account | another account | from `effective_on` on |

A rulebook of another digest is another edition: it needs an adoption of its own.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Adoption(models.Model):
    """An adoption of the rulebook of one digest by a named lawyer.

    `lawyer` is a name that is public by role. `content` is the rulebook as canonical
    JSON, so that a later edition can be compared with it. `proposed_by` and
    `adopted_by` are opaque account ids; the latter is empty until a second person
    confirms.
    """

    digest = models.CharField(max_length=64)
    content = models.TextField()
    lawyer = models.CharField(max_length=100)
    effective_on = models.DateField()
    proposed_by = models.CharField(max_length=64)
    proposed_at = models.DateTimeField()
    adopted_by = models.CharField(max_length=64, blank=True)
    adopted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="law_one_adoption_of_an_edition",
                fields=["digest"],
                condition=Q(adopted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="law_adopted_by_a_second_person",
                condition=Q(adopted_at__isnull=True, adopted_by="")
                | (
                    Q(adopted_at__isnull=False)
                    & ~Q(adopted_by="")
                    & ~Q(adopted_by=F("proposed_by"))
                ),
            ),
        ]
