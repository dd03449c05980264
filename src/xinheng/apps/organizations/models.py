"""The register of organizations: one code each, and every name with its dates.

    Organization        what the register holds today
    OrganizationName    periods of its names
    OrganizationCode    periods of codes that it bore before, and its older numbers
    OrganizationChange  every change, with its legal day and when it became known
    RegisterIssue       what is wrong with a code, until somebody decides
    RegisterImport      the files that all this came from

Names and codes are periods worked out from the changes, ready to be looked up.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from xinheng.core.organizations.issues import IssueKind


class RegisterImport(models.Model):
    """A file that was taken into the register, and its entry in the ledger."""

    kind = models.CharField(max_length=16)
    is_delta = models.BooleanField()
    file_sha256 = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()
    ledger_seq = models.PositiveBigIntegerField(null=True)


class Organization(models.Model):
    """An organization under its unified social credit code.

    `status` says REGISTERED until a registrar says more; `status_on` is the day since
    when, null where nobody said. `kind` is what the registrar wrote; what the code says
    is read from its first two characters. `nonconforming` marks a code whose check
    characters are wrong and which the registrar has confirmed as issued.
    `is_sole_proprietor` follows the code (`92`). `industry` is a code of GB/T 4754,
    `parent` the body that a branch belongs to: the two are never merged; `parent_code`
    is what the file said, also where the register doesn't hold it. `unit` is set where
    the organization is a source unit of this register. `name_key` is the name as it is
    compared, `identifier` characters 9 to 17 of the code.
    """

    class Status(models.TextChoices):
        REGISTERED = "REGISTERED", "存续"
        REVOKED = "REVOKED", "吊销"
        DEREGISTERED = "DEREGISTERED", "注销"
        MERGED = "MERGED", "合并消灭"
        CODE_WITHDRAWN = "CODE_WITHDRAWN", "代码停用"

    uscc = models.CharField(max_length=18, unique=True)
    identifier = models.CharField(max_length=9, db_default="")
    name = models.CharField(max_length=300)
    name_key = models.CharField(max_length=600, db_default="")
    kind = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.REGISTERED)
    status_on = models.DateField(null=True)
    division = models.CharField(max_length=6)
    industry = models.CharField(max_length=5, blank=True, db_default="")
    authority = models.CharField(max_length=200, blank=True, db_default="")
    registered_on = models.DateField(null=True)
    parent = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="branches"
    )
    parent_code = models.CharField(max_length=18, blank=True, db_default="")
    unit = models.OneToOneField(
        "units.Unit", null=True, on_delete=models.PROTECT, related_name="+"
    )
    is_sole_proprietor = models.BooleanField()
    nonconforming = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(name="organization_by_name_key", fields=["name_key"]),
            models.Index(name="organization_by_identifier", fields=["identifier"]),
            models.Index(
                name="organization_without_parent",
                fields=["parent_code"],
                condition=Q(parent__isnull=True) & ~Q(parent_code=""),
            ),
        ]


class OrganizationName(models.Model):
    """A name that an organization bore on `[effective_on, expires_on)`.

    A name may come back: then it has two periods. `effective_on` is null where the
    register never said since when; both are null for a former name without days.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="names"
    )
    name = models.CharField(max_length=300)
    effective_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="organization_name_open_once",
                fields=["organization", "name"],
                condition=Q(expires_on__isnull=True),
            ),
            models.CheckConstraint(
                name="organization_name_period_runs_forward",
                condition=Q(expires_on__isnull=True)
                | Q(effective_on__isnull=True)
                | Q(expires_on__gte=F("effective_on")),
            ),
        ]


class OrganizationCode(models.Model):
    """A code that an organization bore on `[effective_on, expires_on)`.

    Former unified codes, and the older numbers that the register knows; the unified
    code of today stands with the organization. Two organizations may have borne the
    same code: that is a finding, not a constraint.
    """

    class Kind(models.TextChoices):
        USCC = "USCC", "统一社会信用代码"
        ORGANIZATION_CODE = "ORGANIZATION_CODE", "组织机构代码"
        REGISTRATION_NUMBER = "REGISTRATION_NUMBER", "注册号"
        OTHER = "OTHER", "其他证号"

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="codes"
    )
    code = models.CharField(max_length=64)
    kind = models.CharField(max_length=20, choices=Kind)
    effective_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="organization_code_open_once",
                fields=["organization", "kind", "code"],
                condition=Q(expires_on__isnull=True),
            ),
        ]
        indexes = [models.Index(name="organization_code_by_code", fields=["code"])]


class OrganizationChange(models.Model):
    """A field of an organization got another value, from `effective_on` on.

    Values are texts: days as YYYY-MM-DD, the parent as its code, empty for none.
    `source` is the file that said so, null where a decision did.
    """

    class Field(models.TextChoices):
        USCC = "uscc", "统一社会信用代码"
        NAME = "name", "名称"
        KIND = "kind", "类型"
        STATUS = "status", "登记状态"
        DIVISION = "division", "行政区划"
        INDUSTRY = "industry", "行业"
        AUTHORITY = "authority", "登记机关"
        REGISTERED_ON = "registered_on", "成立日期"
        PARENT_CODE = "parent_code", "隶属单位"

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="changes"
    )
    field = models.CharField(max_length=16, choices=Field)
    before = models.CharField(max_length=300, blank=True)
    after = models.CharField(max_length=300, blank=True)
    effective_on = models.DateField()
    source = models.ForeignKey(
        RegisterImport, null=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                name="organization_change_by_field", fields=["organization", "field"]
            ),
            models.Index(
                name="organization_change_of_code",
                fields=["before"],
                condition=Q(field="uscc"),
            ),
        ]


class RegisterIssue(models.Model):
    """Something wrong with a code, found in a file or in the register.

    `organization` is the one concerned: of DUP_CODE the holder of the code, while
    `name` is who else claims it; null where a row could not become an organization.
    `code` is as written, empty where there is none. `authority` and `unit` say who
    reported it, `source` or `submission` in what; both are null for what was found in
    the register itself. `details` is canonical JSON of what else was stated. An issue
    that is CONFIRMED or DISMISSED is not found again, one that was CORRECTED may be.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", "待处理"
        CORRECTED = "CORRECTED", "已纠正"
        CONFIRMED = "CONFIRMED", "确认按此发放"
        DISMISSED = "DISMISSED", "不属问题"

    kind = models.CharField(
        max_length=16, choices=[(kind.value, kind.value) for kind in IssueKind]
    )
    organization = models.ForeignKey(
        Organization, null=True, on_delete=models.CASCADE, related_name="issues"
    )
    code = models.CharField(max_length=64, blank=True)
    name = models.CharField(max_length=300)
    name_key = models.CharField(max_length=600)
    authority = models.CharField(max_length=200, blank=True)
    unit = models.ForeignKey(
        "units.Unit", null=True, on_delete=models.PROTECT, related_name="+"
    )
    source = models.ForeignKey(
        RegisterImport, null=True, on_delete=models.PROTECT, related_name="issues"
    )
    submission = models.UUIDField(null=True)
    details = models.TextField(default="{}")
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    found_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_with = models.ForeignKey(
        "Correction", null=True, on_delete=models.PROTECT, related_name="also_closed"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="register_issue_open_once",
                fields=["kind", "code", "name_key"],
                condition=Q(state="OPEN"),
            ),
            models.CheckConstraint(
                name="register_issue_closed_has_a_time",
                condition=Q(state="OPEN", closed_at__isnull=True)
                | (~Q(state="OPEN") & Q(closed_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(name="register_issue_by_code", fields=["code"]),
            models.Index(
                name="register_issue_queue", fields=["state", "kind", "found_at"]
            ),
        ]


class Judgement(models.Model):
    """What a person says about two entries: the same, different, or unsure.

    `one` and `other` are entries as `core.organizations.judgements` writes them, in its
    order. A judgement that was withdrawn stays, with `deleted_at`; one that `replaces`
    another brings it back then. It changes nothing else.
    """

    class Verdict(models.TextChoices):
        SAME = "SAME", "同一主体"
        DIFFERENT = "DIFFERENT", "不同主体"
        UNSURE = "UNSURE", "不能确定"

    one = models.CharField(max_length=40)
    other = models.CharField(max_length=40)
    verdict = models.CharField(max_length=16, choices=Verdict)
    reason = models.CharField(max_length=500)
    judged_by = models.CharField(max_length=64)
    judged_at = models.DateTimeField()
    replaces = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+"
    )
    deleted_by = models.CharField(max_length=64, blank=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="judgement_one_of_a_pair",
                fields=["one", "other"],
                condition=Q(deleted_at__isnull=True),
            ),
            models.CheckConstraint(
                name="judgement_of_two_entries", condition=~Q(one=F("other"))
            ),
        ]
        indexes = [models.Index(name="judgement_by_other", fields=["other"])]


class Correction(models.Model):
    """An issue on its way to a decision; see `core.organizations.corrections`.

    `unit` is the registrar's, null where the credit office answers by itself. `kept` is
    canonical JSON of what the decision changed, as it was before, and `left_sha256` the
    digest of how it left it: an undo puts the first back only where the second holds.
    """

    class Stage(models.TextChoices):
        ASSIGNED = "ASSIGNED", "已交办"
        PROPOSED = "PROPOSED", "已提出"
        DECIDED = "DECIDED", "已决定"
        UNDONE = "UNDONE", "已撤销"

    class Flag(models.TextChoices):
        NEW_CODE = "0", "赋予新代码"
        DELETE = "1", "删除"
        KEEP = "2", "保留原代码"

    issue = models.ForeignKey(
        RegisterIssue, on_delete=models.PROTECT, related_name="corrections"
    )
    stage = models.CharField(max_length=16, choices=Stage)
    unit = models.ForeignKey(
        "units.Unit", null=True, on_delete=models.PROTECT, related_name="+"
    )
    assigned_by = models.CharField(max_length=64, blank=True)
    assigned_at = models.DateTimeField(null=True)
    flag = models.CharField(max_length=1, choices=Flag, blank=True)
    subject = models.CharField(max_length=16, blank=True)
    new_code = models.CharField(max_length=18, blank=True)
    effective_on = models.DateField(null=True)
    evidence = models.CharField(max_length=500, blank=True)
    evidence_sha256 = models.CharField(max_length=64, blank=True)
    proposed_by = models.CharField(max_length=64, blank=True)
    proposed_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    undone_by = models.CharField(max_length=64, blank=True)
    undone_at = models.DateTimeField(null=True)
    kept = models.TextField(default="{}")
    left_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="correction_one_of_an_issue",
                fields=["issue"],
                condition=~Q(stage="UNDONE"),
            ),
            models.CheckConstraint(
                name="correction_decided_by_another_person",
                condition=Q(decided_by="")
                | (
                    ~Q(decided_by=F("proposed_by"))
                    & ~Q(decided_by=F("assigned_by"))
                    & ~Q(proposed_by="")
                    & ~Q(evidence="")
                ),
            ),
        ]
        indexes = [
            models.Index(name="correction_of_unit", fields=["unit", "stage"]),
            models.Index(name="correction_decided", fields=["stage", "decided_at"]),
        ]


class CorrectionFile(models.Model):
    """A file that proves what a correction proposes."""

    correction = models.ForeignKey(
        Correction, on_delete=models.PROTECT, related_name="files"
    )
    file = models.ForeignKey(
        "evidence.EvidenceFile", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="correction_file_once", fields=["correction", "file"]
            ),
        ]


class ReferenceCode(models.Model):
    """A code of a standard with its title, from a list that the operator imported."""

    class List(models.TextChoices):
        INDUSTRIES = "industries", "国民经济行业分类"
        DIVISIONS = "divisions", "行政区划代码"

    list = models.CharField(max_length=16, choices=List)
    code = models.CharField(max_length=8)
    title = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="reference_code_once", fields=["list", "code"]
            ),
        ]
