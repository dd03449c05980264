"""Whether the ledger still says what it said: everything recomputed from the entries.

Reads without a lock: the checkpoints first, the head next, then all that the head
stands for. What lies beyond the end as it is after the walk is surplus.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Count, Max, Min

from xinheng.apps.ledger import guards, keys, models, walk
from xinheng.apps.ledger.tree_store import Head, as_hash, read_head
from xinheng.apps.ledger.walk import MOST_PROBLEMS, Code, Problem
from xinheng.core.merkle import checkpoint
from xinheng.core.merkle.checkpoint import Checkpoint, MalformedNoteError, PublicKey

__all__ = ["Code", "Problem", "VerifyReport", "verify"]


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What was checked and what is wrong: the first `MOST_PROBLEMS`.

    `erased` counts the entries whose content is gone, `checkpoints` those that were
    held against the entries.
    """

    size: int
    root: str
    checkpoints: int
    erased: int
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether all of it verifies."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class _Claim:
    """A signed checkpoint: what it says, null where it can't be believed."""

    place: str
    says: Checkpoint | None
    agrees: bool


def verify(
    *, erased: Container[int] = frozenset(), known: Iterable[str] = ()
) -> VerifyReport:
    """Check every entry, hash, checkpoint and trigger, and return what is wrong.

    `erased` holds the seqs whose content the erasure register lists; content that is
    missing elsewhere is a problem. `known` are signed checkpoints that were kept
    outside: the ledger must continue each of them.

    Raises:
        SigningKeyError: where something is signed and the key can't be used.
    """
    claims = [*_list_issued(), *_list_known(known)]
    head = _read_head()
    sizes = {claim.says.size for claim in claims if claim.says} | {head.size}
    walked = walk.walk(size=head.size, sizes=sizes, erased=erased)
    problems = [
        *(
            Problem(Code.TRIGGER_MISSING, name)
            for name in guards.list_missing(connection)
        ),
        *walked.problems,
        *_list_head_problems(head, walked.roots),
        *(problem for claim in claims for problem in _contest(claim, walked.roots)),
        *_list_surplus(),
    ]
    return VerifyReport(
        size=head.size,
        root=walked.roots[head.size].hex(),
        checkpoints=len(claims),
        erased=walked.erased,
        problems=tuple(problems[:MOST_PROBLEMS]),
    )


def _read_head() -> Head:
    try:
        return read_head()
    except DatabaseError:
        # Damaged so far that it can't be read: all that is there counts, unsigned.
        return Head(models.Entry.objects.count(), b"", "")


def _list_issued() -> list[_Claim]:
    rows = models.Checkpoint.objects.order_by("size").values_list(
        "size", "root", "note"
    )
    try:
        stored = list(rows)
    except DatabaseError:
        return [_Claim("?", None, agrees=False)]
    return [
        _claim(str(size), str(note), size=size, root=as_hash(root))
        for size, root, note in stored
    ]


def _list_known(notes: Iterable[str]) -> list[_Claim]:
    return [_claim(f"#{number}", note) for number, note in enumerate(notes, start=1)]


def _claim(
    place: str, note: str, size: int | None = None, root: bytes | None = None
) -> _Claim:
    """Read a note; `size` and `root` are those that are stored beside it, if any."""
    says = _believe(note, keys.load().public)
    agrees = says is not None and (
        size in (None, says.size) and root in (None, says.root)
    )
    return _Claim(place, says, agrees)


def _believe(text: str, key: PublicKey) -> Checkpoint | None:
    """Return what a note says where our key signed it in our ledger's name."""
    try:
        note = checkpoint.parse(text)
        says = note.checkpoint()
    except MalformedNoteError:
        return None
    ours = says.origin == settings.LEDGER_ORIGIN and keys.is_signed_by(note, key)
    return says if ours else None


def _contest(claim: _Claim, roots: dict[int, bytes]) -> Iterator[Problem]:
    if claim.says is None:
        yield Problem(Code.CHECKPOINT_UNSIGNED, claim.place)
    elif claim.says.size not in roots:
        yield Problem(Code.CHECKPOINT_AHEAD, claim.place)
    elif not claim.agrees or roots[claim.says.size] != claim.says.root:
        yield Problem(Code.CHECKPOINT_WRONG, claim.place)


def _list_head_problems(head: Head, roots: dict[int, bytes]) -> Iterator[Problem]:
    if head.root != roots[head.size]:
        yield Problem(Code.HEAD_WRONG, str(head.size))
    if head.size or head.note:
        stated = Checkpoint(settings.LEDGER_ORIGIN, head.size, head.root)
        if _believe(head.note, keys.load().public) != stated:
            yield Problem(Code.HEAD_UNSIGNED, str(head.size))


def _list_surplus() -> Iterator[Problem]:
    """List what lies outside the ledger; the end is read last, since it moves on."""
    entries = models.Entry.objects.aggregate(first=Min("seq"), last=Max("seq"))
    levels = list(
        models.Node.objects.values_list("level").annotate(
            Count("number"), Min("number"), Max("number")
        )
    )
    size = _read_head().size
    for seq in (entries["first"], entries["last"]):
        if seq is not None and not 0 <= seq < size:
            yield Problem(Code.ENTRY_SURPLUS, str(seq))
    for level, count, first, last in levels:
        if first < 0 or last >= size >> level or count != last + 1:
            yield Problem(Code.NODE_SURPLUS, f"{level}/{last}")
