"""Whether the ledger still says what it said: everything recomputed from the entries.

Reads without a lock: the checkpoints first, the head next, then all that the head
stands for. What lies beyond the end as it is after the walk is surplus.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Count, Max, Min

from xinheng.apps.ledger import erasing, guards, key_history, keys, models, walk
from xinheng.apps.ledger.tree_store import (
    Head,
    TamperedLedgerError,
    as_hash,
    read_head,
)
from xinheng.apps.ledger.walk import MOST_PROBLEMS, Code, Problem
from xinheng.core.merkle.checkpoint import Checkpoint
from xinheng.core.merkle.key_history import KeyTerm

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
    *, erased: Container[int] | None = None, known: Iterable[str] = ()
) -> VerifyReport:
    """Check every entry, hash, checkpoint and trigger, and return what is wrong.

    `erased` holds the seqs whose content may be missing, null those that erasures in
    the ledger order; content that is missing elsewhere is a problem. `known` are signed
    checkpoints that were kept outside: the ledger must continue each of them.

    Raises:
        SigningKeyError: where something is signed and the key can't be used.
    """
    issued, kept = _read_issued(), list(known)
    head = _read_head()
    is_signed = bool(issued or kept or head.size or head.note)
    terms = _list_terms() if is_signed else ()
    claims = [*_list_issued(issued, terms), *_list_known(kept, terms)]
    sizes = {claim.says.size for claim in claims if claim.says} | {head.size}
    gone = _list_emptied() if erased is None else erased
    walked = walk.walk(size=head.size, sizes=sizes, erased=gone)
    problems = [
        *(
            Problem(Code.TRIGGER_MISSING, name)
            for name in guards.list_missing(connection)
        ),
        *walked.problems,
        *_list_head_problems(head, walked.roots, terms),
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


def _list_emptied() -> Container[int]:
    try:
        return erasing.list_emptied()
    except DatabaseError:
        return frozenset()


def _read_head() -> Head:
    try:
        return read_head()
    except DatabaseError:
        # Damaged so far that it can't be read: all that is there counts, unsigned.
        return Head(models.Entry.objects.count(), b"", "")


def _list_terms() -> tuple[KeyTerm, ...]:
    """Return the keys' terms, once it is sure that the one that signs is ours.

    Whoever holds the database alone can name any key in it.
    """
    try:
        terms = key_history.list_terms()
    except TamperedLedgerError:
        return ()  # the walk says which entry
    keys.load_one(terms[-1].key.key_id)
    return terms


_Issued = tuple[int, bytes, str]


def _read_issued() -> list[_Issued] | None:
    """Return what was given out; null where the database can't hand it over."""
    rows = models.Checkpoint.objects.order_by("size").values_list(
        "size", "root", "note"
    )
    try:
        return [(size, as_hash(root), str(note)) for size, root, note in rows]
    except DatabaseError:
        return None


def _list_issued(
    issued: list[_Issued] | None, terms: Sequence[KeyTerm]
) -> list[_Claim]:
    if issued is None:
        return [_Claim("?", None, agrees=False)]
    return [
        _claim(str(size), note, terms, stored=(size, root))
        for size, root, note in issued
    ]


def _list_known(notes: Iterable[str], terms: Sequence[KeyTerm]) -> list[_Claim]:
    return [
        _claim(f"#{number}", note, terms) for number, note in enumerate(notes, start=1)
    ]


def _claim(
    place: str,
    note: str,
    terms: Sequence[KeyTerm],
    stored: tuple[int, bytes] | None = None,
) -> _Claim:
    """Read a note; `stored` are the size and root that stand beside it, if any."""
    says = key_history.believe(note, terms)
    agrees = says is not None and stored in (None, (says.size, says.root))
    return _Claim(place, says, agrees)


def _contest(claim: _Claim, roots: dict[int, bytes]) -> Iterator[Problem]:
    if claim.says is None:
        yield Problem(Code.CHECKPOINT_UNSIGNED, claim.place)
    elif claim.says.size not in roots:
        yield Problem(Code.CHECKPOINT_AHEAD, claim.place)
    elif not claim.agrees or roots[claim.says.size] != claim.says.root:
        yield Problem(Code.CHECKPOINT_WRONG, claim.place)


def _list_head_problems(
    head: Head, roots: dict[int, bytes], terms: Sequence[KeyTerm]
) -> Iterator[Problem]:
    if head.root != roots[head.size]:
        yield Problem(Code.HEAD_WRONG, str(head.size))
    if head.size or head.note:
        stated = Checkpoint(settings.LEDGER_ORIGIN, head.size, head.root)
        if key_history.believe(head.note, terms) != stated:
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
