"""The reject file: what is wrong with which row, and what to do, in both languages."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from xinheng.core.catalog.datasets import CodeList, Dataset
from xinheng.core.submissions.findings import FindingText, Rule, describe
from xinheng.pipeline import limits
from xinheng.pipeline.report import Report

COLUMNS = (
    "row",
    "field",
    "rule",
    "severity",
    "message_zh",
    "message_en",
    "advice_zh",
    "advice_en",
)
_TEXTS = COLUMNS[4:]


def write_csv(
    report: Report,
    dataset: Dataset,
    rules: Mapping[str, Rule],
    path: Path,
    *,
    code_lists: Mapping[str, CodeList],
) -> None:
    """Write the findings of a report as `rejects.csv`; none leave the header alone."""
    findings = pl.read_parquet(report.findings_path)
    content = as_csv(findings, dataset=dataset, rules=rules, code_lists=code_lists)
    path.write_bytes(content)


def as_csv(
    findings: pl.DataFrame | None,
    *,
    dataset: Dataset,
    rules: Mapping[str, Rule],
    code_lists: Mapping[str, CodeList],
) -> bytes:
    """Return `rejects.csv`: UTF-8 with a mark, ordered as the findings are.

    Every text in it is the catalog's or ours, and no value of the file that was handed
    in, so no cell of it can be a formula.
    """
    if findings is None:
        findings = pl.DataFrame(schema=dict.fromkeys(COLUMNS[:4], pl.String))
    kinds = findings.select("field", "rule").unique()
    texts = pl.DataFrame(
        [
            (field, rule, *_texts(field, rule, dataset, rules, code_lists))
            for field, rule in kinds.iter_rows()
        ],
        schema=dict.fromkeys(("field", "rule", *_TEXTS), pl.String),
        orient="row",
    )
    described = findings.join(
        texts, on=["field", "rule"], how="left", maintain_order="left"
    )
    target = io.BytesIO()
    described.select(COLUMNS).write_csv(target, include_bom=True)
    return target.getvalue()


def _texts(
    name: str,
    rule: str,
    dataset: Dataset,
    rules: Mapping[str, Rule],
    code_lists: Mapping[str, CodeList],
) -> tuple[str, str, str, str]:
    text = explain(name, rule, dataset=dataset, rules=rules, code_lists=code_lists)
    return text.message_zh, text.message_en, text.advice_zh, text.advice_en


def explain(
    name: str,
    rule: str,
    *,
    dataset: Dataset,
    rules: Mapping[str, Rule],
    code_lists: Mapping[str, CodeList],
) -> FindingText:
    """Return a finding's texts; an empty field name stands for the whole row."""
    field = next((each for each in dataset.fields if each.name == name), None)
    return describe(
        rules[rule],
        title=field.title if field else "",
        title_en=field.title_en if field else "",
        limit=limits.limit(rule, field, dataset, code_lists=code_lists),
    )
