"""A run of rows to a target: packed, sent, isolated, learned from, confirmed.

    packed by the profile -> sent -> accepted
                               |---> refused for its form  -> learn, pack anew
                               |---> refused, nobody knows which row -> halve
                               '---> refused, row named    -> that row is refused

A change of the profile counts once rows were accepted under it. The sends that isolate
k bad rows of n are at most 2 k ceil(log2 n); they are counted apart from all others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xinheng.core.exchange import learning, packaging, rows
from xinheng.core.exchange.answers import Answer, Kind, RowAnswer, RowState
from xinheng.core.exchange.encoding import UnwritableError
from xinheng.core.exchange.lessons import FORM
from xinheng.core.exchange.outcomes import Isolation, Outcome
from xinheng.core.exchange.packaging import Package, TooLargeRowError
from xinheng.core.exchange.profiles import Meaning, Profile
from xinheng.core.exchange.rows import Row
from xinheng.core.exchange.sending import (
    Purpose,
    StoppedError,
    is_held,
)
from xinheng.core.exchange.settling import Settling

MOST_TIMES = 6  # that a row is sent again to find its form


_REFUSED = RowState.REFUSED
_SIGNS = (Meaning.CHARACTERS, Meaning.UNKNOWN)


class _LearnedError(Exception):
    """The profile changed: what was being isolated is packed anew."""


@dataclass
class _Tree:
    """An isolation under way."""

    rows: int
    bad: int = 0
    sends: int = 0
    largest: int = 0


class Session(Settling):
    """One run of one dataset's rows to one target."""

    def run(self, chosen: Sequence[Row]) -> Outcome:
        """Send the rows, and return what became of each."""
        stopped = ""
        try:
            self._resume([row for row in chosen if row.sent_in])
            todo = self._unsettled(packaging.order(chosen, self._sheet))
            todo = self._without_faults(todo)
            while todo:
                todo = self._pass(todo)
            self._confirm()
        except StoppedError as stop:
            stopped = stop.why
        return self._outcome(stopped)

    def _pass(self, todo: list[Row]) -> list[Row]:
        """Send what is to be sent until the profile changes; return what is left."""
        begun = self._profile
        before = self._progress()
        try:
            for part in packaging.split(todo, self._sheet, begun):
                self._deliver(part)
                if self._profile is not begun:
                    break
        except TooLargeRowError as large:
            self._refused[large.row.id] = RowAnswer(RowState.REFUSED, "R-SIZE")
        except UnwritableError as wrong:
            raise StoppedError("ENCODING") from wrong
        if self._progress() == before and self._profile is begun:
            raise StoppedError("NO_PROGRESS")
        return self._unsettled(todo)

    def _without_faults(self, todo: list[Row]) -> list[Row]:
        """Refuse here what the target is known to refuse, and double keys."""
        seen: dict[str, str] = {}
        for row in todo:
            if row.act is not rows.Act.PUT:
                continue
            key = rows.key_of(row, self._sheet)
            fault = next(rows.faults(row, self._sheet), None)
            if fault is None and seen.setdefault(key, row.id) != row.id:
                fault = ("R-TWO-KEYS", seen[key])
            if fault is not None:
                self._refused[row.id] = RowAnswer(_REFUSED, *fault)
        return self._unsettled(todo)

    def _deliver(self, part: Sequence[Row]) -> None:
        package = self._build(part)
        if package is not None:
            self._take(package, self._send(package, Purpose.PLAIN))

    def _take(self, package: Package, answer: Answer) -> None:
        """Settle the rows of a package by its answer, or learn from it."""
        if answer.kind is Kind.PENDING:
            self._waiting |= {row.id for row in package.rows}
            self._prove(package)
        elif answer.kind is Kind.ACCEPTED:
            self._accept(package.rows, package)
        elif answer.kind is Kind.PARTIAL or answer.rows:
            self._take_rows(package, answer)
        elif not self._lessons.learn(answer, package):
            self._isolate(package, answer)

    def _take_rows(self, package: Package, answer: Answer) -> None:
        told = answer.rows or {}
        missing = [key for key in package.keys if key not in told]
        if answer.kind is Kind.PARTIAL and missing:
            asked = self._sender.ask(self._dataset, missing)
            told = {**told, **(asked or {})}
        pairs = [
            (row, told[key])
            for row, key in zip(package.rows, package.keys, strict=True)
            if key in told
        ]
        # What is settled comes first: a refusal may lead to further sends.
        for row, said in sorted(pairs, key=lambda one: one[1].state is _REFUSED):
            self._take_row(row, said, package)

    def _take_row(self, row: Row, said: RowAnswer, package: Package) -> None:
        if said.state is RowState.PENDING:
            self._waiting.add(row.id)
        elif said.state is RowState.ACCEPTED:
            self._accept([row], package)
        elif said.state is RowState.REFUSED:
            self._refuse(row, said, package)

    def _refuse(self, row: Row, said: RowAnswer, package: Package) -> None:
        """Take a row as refused, unless its form can be mended or it is held."""
        meaning = self._profile.meaning(said.code)
        if meaning is Meaning.DUPLICATE and self._is_held(row):
            self._accept([row], package)
            return
        is_form = meaning in FORM or meaning is Meaning.UNKNOWN
        if not is_form or not self._is_in_reach(row, said, package):
            self._refused[row.id] = said

    def _is_in_reach(self, row: Row, said: RowAnswer, package: Package) -> bool:
        """Tell whether a row refused for its form can be sent in another one."""
        left = package.cells[package.rows.index(row)]
        if left != rows.cells(row, self._sheet, self._profile):
            return True
        if self._lessons.learn(Answer(Kind.REFUSED, said.code, said.message), package):
            return True
        may_be_sign = self._profile.meaning(said.code) in _SIGNS
        return may_be_sign and self._find_characters(row, self._profile)

    def _isolate(self, package: Package, answer: Answer) -> None:
        """Halve a refused package until the bad rows stand alone."""
        tree = _Tree(len(package.rows))
        try:
            self._halve(package.rows, answer, tree)
        except _LearnedError:
            self._recount(tree)
            return
        if tree.bad:
            self._isolations.append(Isolation(tree.rows, tree.bad, tree.sends))
            return
        self._recount(tree)
        if tree.largest:
            # No row was bad: it was the size, whatever the answer called it.
            self._lessons.limit_rows(tree.largest)
            self._prove(package)

    def _recount(self, tree: _Tree) -> None:
        self._sender.sent[Purpose.ISOLATING] -= tree.sends
        self._sender.sent[Purpose.LEARNING] += tree.sends

    def _halve(self, part: Sequence[Row], answer: Answer, tree: _Tree) -> None:
        if len(part) == 1:
            self._judge(part[0], answer, tree)
            return
        middle = (len(part) + 1) // 2
        for half in (part[:middle], part[middle:]):
            package = self._build(half)
            if package is None:
                continue
            tree.sends += 1
            told = self._send(package, Purpose.ISOLATING)
            if told.kind is Kind.REFUSED and not told.rows:
                if self._lessons.learn(told, package):
                    raise _LearnedError
                self._halve(package.rows, told, tree)
                continue
            tree.largest = max(tree.largest, len(half))
            before = len(self._refused)
            self._take(package, told)
            tree.bad += len(self._refused) - before

    def _judge(self, row: Row, answer: Answer, tree: _Tree) -> None:
        """Decide about a row that was refused alone."""
        meaning = self._profile.meaning(answer.code)
        if meaning in _SIGNS and self._mend(row, meaning):
            raise _LearnedError
        if meaning is Meaning.DUPLICATE and self._is_held(row):
            self._accepted.add(row.id)
            return
        self._refused[row.id] = RowAnswer(_REFUSED, answer.code, answer.message)
        tree.bad += 1

    def _mend(self, row: Row, meaning: Meaning) -> bool:
        """Try a row in other forms where nothing says what is wrong with it."""
        is_new = meaning is Meaning.UNKNOWN and not self._accepted | self._waiting
        forms = [self._profile]
        if is_new and self._lessons.may_go_on():
            forms += self._lessons.other_forms()
        return any(self._try(other, row) for other in forms[1:]) or any(
            self._find_characters(row, other) for other in forms
        )

    def _find_characters(self, row: Row, base: Profile) -> bool:
        """Try a row without characters that were never taken; keep what helps."""
        texts = rows.texts(row, base.sheet(self._dataset), base)
        found = learning.suspects(texts, self._fine)
        alone = [[each] for each in found]
        for without in alone if len(found) < 2 else [*alone, found]:
            if self._try(learning.with_forbidden(base, without), row):
                return True
        return False

    def _try(self, other: Profile, row: Row) -> bool:
        """Send one row under another profile; keep the profile where it is taken."""
        before, self._lessons.profile = self._profile, other
        package = packaging.build([row], self._sheet, other, self._write)
        answer = self._send(package, Purpose.LEARNING)
        states = {each.state for each in (answer.rows or {}).values()}
        if answer.kind is Kind.PENDING or states == {RowState.PENDING}:
            self._waiting.add(row.id)
            self._prove(package)
            return True
        if answer.kind is Kind.ACCEPTED or states == {RowState.ACCEPTED}:
            self._accept([row], package)
            return True
        self._lessons.profile = before
        return False

    def _resume(self, sent: Sequence[Row]) -> None:
        """Ask after what was sent before; what the target never met is sent again."""
        if not sent:
            return
        for row in sent:
            self._keys[row.id], self._packages[row.id] = row.sent_key, row.sent_in[-1]
            self._left_in[row.id] = list(row.sent_in)
        held = self._sender.ask(self._dataset, [row.sent_key for row in sent])
        if held is None:
            self._waiting |= {row.id for row in sent}
            raise StoppedError("UNANSWERED")
        late: list[tuple[Row, RowAnswer]] = []
        for row in sent:
            said = held[row.sent_key]
            if is_held(said, row.sent_in):
                self._accepted.add(row.id)
                self._note_fine(row)
            elif said.state is RowState.PENDING:
                self._waiting.add(row.id)
            elif said.state is RowState.REFUSED and said.package in ("", *row.sent_in):
                late.append((row, said))
        self._refuse_late(late)

    def _refuse_late(self, late: Sequence[tuple[Row, RowAnswer]]) -> None:
        """Take late refusals; a row is sent again where its form can be mended."""
        for _, said in late:
            self._lessons.learn(Answer(Kind.REFUSED, said.code, said.message), None)
        for row, said in late:
            if not self._is_mended(row, said):
                self._refused[row.id] = said
        unclear = [one for one in late if one[0].id in self._refused]
        self._explain([one for one in unclear if self._may_be_form(*one)])

    def _is_mended(self, row: Row, said: RowAnswer) -> bool:
        """Tell whether a row would leave in another form than the refused one."""
        meaning = self._profile.meaning(said.code)
        if meaning is Meaning.DATE:
            return self._may_be_form(row, said) and self._proven != self._profile
        named = set(learning.characters_in(said.message)) & set(self._profile.forbidden)
        return self._may_be_form(row, said) and any(
            each in text for each in named for text in row.values.values()
        )

    def _may_be_form(self, row: Row, said: RowAnswer) -> bool:
        meaning = self._profile.meaning(said.code)
        is_form = meaning in FORM or meaning is Meaning.UNKNOWN
        return is_form and len(row.sent_in) <= MOST_TIMES

    def _explain(self, unclear: Sequence[tuple[Row, RowAnswer]]) -> None:
        """Send rows again without what may be the reason, where none was named."""
        sheet, profile = self._sheet, self._profile
        shown = [(row, rows.texts(row, sheet, profile)) for row, _ in unclear]
        found = learning.explaining([cells for _, cells in shown], self._fine)
        if not found or not self._lessons.may_go_on():
            return
        self._lessons.profile = learning.with_forbidden(self._profile, found)
        for row, cells in shown:
            if any(each in cell for each in found for cell in cells):
                del self._refused[row.id]

    def _confirm(self) -> None:
        """Ask the target what it holds, and follow that where an answer was wrong."""
        told = [one for one in (*self._accepted, *self._refused) if one in self._keys]
        told.sort()
        held = self._sender.ask(self._dataset, [self._keys[one] for one in told])
        for one in told if held is not None else ():
            said = (held or {})[self._keys[one]]
            is_there = is_held(said, self._left_in[one])
            if is_there == (one in self._accepted):
                continue
            self._sender.oddities.append((self._packages.get(one, ""), "ANSWER_WRONG"))
            if is_there:
                self._refused.pop(one)
                self._accepted.add(one)
            else:
                self._accepted.remove(one)
