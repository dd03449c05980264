"""The reference page of objection, repair and commitments, made from the rulebook."""

from __future__ import annotations

from collections.abc import Iterator

from xinheng.core.procedures.clocks import Clock, Counting
from xinheng.core.procedures.tables import Need, Party, Procedure, Step
from xinheng.rulebook import redress
from xinheng.rulebook.redress import Regulated
from xinheng.rulebook.wording import VERIFICATIONS

HEAD = """\
# Redress: procedures, terms, refusals

Who may do what in which state, by when, and what follows. The machine, the forms and
this page are made from the same tables, `src/xinheng/rulebook/redress_objection.toml`
and its neighbors; loading them proves that no case ends in silence and that every mark
is lifted (`src/xinheng/core/procedures/soundness.py`). Why it is built so:
[redress](../explanation/redress.md).

This page is made from the code: `python -m xinheng.cli.reference docs/reference`.
"""
PARTIES = {
    Party.APPLICANT: "当事人 the organization",
    Party.UNIT: "信源单位 the source unit",
    Party.OFFICE: "信用办 the credit office",
    Party.REGISTER: "系统 the register",
}
NEEDS = {
    Need.REASON: "理由 a reason",
    Need.ANOTHER_PERSON: "另一人 another person",
    Need.ANOTHER_PERSON_IF_ADVERSE: "不利结果须另一人 another person if adverse",
}
COUNTINGS = {
    Counting.WORKING_DAYS: "个工作日 working days",
    Counting.DAYS: "日 days",
}


def page() -> str:
    """Return the page in Markdown."""
    lines = [HEAD]
    for regulated in (redress.objection(), redress.repair()):
        lines += _procedure(regulated)
    lines += [*_windows(), *_conditions(), *_commitments(), *_refusals()]
    return "\n".join(lines) + "\n"


def _procedure(regulated: Regulated) -> Iterator[str]:
    table = regulated.procedure
    yield f"## {table.title} {table.title_en}\n"
    yield "| state | title | waits for | term | marked |"
    yield "|---|---|---|---|---|"
    for state in table.states:
        waits = PARTIES[state.waits_for] if state.waits_for else "-"
        yield (
            f"| `{state.name}` | {state.title} {state.title_en} | {waits}"
            f" | {state.clock or '-'} | {'是 yes' if state.marked else '-'} |"
        )
    yield "\n| act | title | by | from | to | results | asks for | effects |"
    yield "|---|---|---|---|---|---|---|---|"
    yield from (_step(table, step) for step in table.steps)
    yield "\n| term | title | length | runs from | verification | source |"
    yield "|---|---|---|---|---|---|"
    yield from (_clock(clock) for clock in regulated.clocks.values())
    yield ""


def _step(table: Procedure, step: Step) -> str:
    outcomes = "、".join(table.outcome(name).title for name in step.outcomes)
    needs = "；".join(NEEDS[need] for need in step.needs)
    return (
        f"| `{step.act}` | {step.title} {step.title_en} | {PARTIES[step.party]}"
        f" | {', '.join(step.sources)} | {step.target} | {outcomes or '-'}"
        f" | {needs or '-'} | {', '.join(step.effects) or '-'} |"
    )


def _clock(clock: Clock) -> str:
    known = clock.amount is not None
    length = (
        f"{clock.amount} {COUNTINGS[clock.counting]}" if known else "未找到 unknown"
    )
    return (
        f"| `{clock.name}` | {clock.title} {clock.title_en} | {length}"
        f" | {clock.anchor} | {VERIFICATIONS[clock.verification]} | {clock.source} |"
    )


def _windows() -> Iterator[str]:
    yield "## How long an objection may be raised\n"
    yield "| kind | days | verification | source |"
    yield "|---|---|---|---|"
    for window in redress.windows().values():
        days = "公示期间 while it is shown" if window.days is None else str(window.days)
        verified = VERIFICATIONS[window.verification]
        yield f"| `{window.kind}` | {days} | {verified} | {window.source} |"
    yield ""


def _conditions() -> Iterator[str]:
    yield "## Conditions of a repair\n"
    yield "| set | text | in force | conditions | verification | source |"
    yield "|---|---|---|---|---|---|"
    for each in redress.rule_sets():
        until = each.expires_on or ""
        yield (
            f"| {each.name} | {each.title} {each.title_en}"
            f" | {each.effective_on} - {until} | {', '.join(each.conditions)}"
            f" | {VERIFICATIONS[each.verification]} | {each.source} |"
        )
    yield "\n| set | what the text excludes | citation | verification | applied |"
    yield "|---|---|---|---|---|"
    for each in redress.rule_sets():
        for bar in each.bars:
            applied = "是 yes" if bar.verification == "verified" else "否 no"
            verified = VERIFICATIONS[bar.verification]
            yield (
                f"| {each.name} | {bar.subject} | {bar.citation}"
                f" | {verified} | {applied} |"
            )
    yield f"\nTold with every adverse decision:\n\n> {redress.together().text}\n"
    yield f"> {redress.together().text_en}\n"


def _commitments() -> Iterator[str]:
    yield "## Types of commitment\n"
    yield "| type | title | when | verification |"
    yield "|---|---|---|---|"
    for rule in redress.commitment_types().values():
        yield (
            f"| `{rule.type}` | {rule.title} {rule.title_en}"
            f" | {rule.when} {rule.when_en} | {VERIFICATIONS[rule.verification]} |"
        )
    yield ""


def _refusals() -> Iterator[str]:
    yield "## Refusals\n"
    yield "| code | says | advice |"
    yield "|---|---|---|"
    for code, text in redress.refusals().items():
        yield (
            f"| `{code}` | {text.message_zh} {text.message_en}"
            f" | {text.advice_zh} {text.advice_en} |"
        )
