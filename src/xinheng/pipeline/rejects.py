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
MOST_FINDINGS = 100_000  # in a file that is made while somebody waits
_TEXTS = COLUMNS[4:]


def write_csv(
    report: Report,
    dataset: Dataset,
    rules: Mapping[str, Rule],
    path: Path,
    *,
    code_lists: Mapping[str, CodeList],
) -> None:
    """Write the findings of a report as `rejects.csv`, however many they are."""
    findings = pl.scan_parquet(report.findings_path)
    kinds = findings.select("field", "rule").unique().collect()
    described = _described(findings, _text_table(kinds, dataset, rules, code_lists))
    described.sink_csv(path, include_bom=True)


def as_csv(
    findings: pl.LazyFrame | None,
    *,
    dataset: Dataset,
    rules: Mapping[str, Rule],
    code_lists: Mapping[str, CodeList],
) -> bytes:
    """Return `rejects.csv`: UTF-8 with a mark, ordered as the findings are.

    The first MOST_FINDINGS are listed; where there are more the last line says so, for
    a server must not work a minute for one reader, and no spreadsheet shows a million.
    Every text in it is the catalog's or ours, and no value of the file that was handed
    in, so no cell of it can be a formula.
    """
    if findings is None:
        findings = pl.LazyFrame(schema=dict.fromkeys(COLUMNS[:4], pl.String))
    total = int(findings.select(pl.len()).collect().item())
    listed = findings.head(MOST_FINDINGS).collect()
    kinds = listed.select("field", "rule").unique()
    texts = _text_table(kinds, dataset, rules, code_lists)
    described = _described(listed.lazy(), texts).collect()
    if total > MOST_FINDINGS:
        described = pl.concat([described, _rest(described, total)])
    target = io.BytesIO()
    described.write_csv(target, include_bom=True)
    return target.getvalue()


def _rest(described: pl.DataFrame, total: int) -> pl.DataFrame:
    """Return the last line of a file that does not list every finding."""
    texts = {
        "severity": "notice",
        "message_zh": f"共有 {total} 条问题，本文件只列出前 {MOST_FINDINGS} 条。",
        "message_en": f"The first {MOST_FINDINGS} of {total} findings are listed here.",
        "advice_zh": "请先改正列出的问题并重新报送。",
        "advice_en": "Mend these first and hand the file in again.",
    }
    return pl.DataFrame([texts], schema=described.schema)


def _described(findings: pl.LazyFrame, texts: pl.DataFrame) -> pl.LazyFrame:
    described = findings.join(
        texts.lazy(), on=["field", "rule"], how="left", maintain_order="left"
    )
    return described.select(COLUMNS)


def _text_table(
    kinds: pl.DataFrame,
    dataset: Dataset,
    rules: Mapping[str, Rule],
    code_lists: Mapping[str, CodeList],
) -> pl.DataFrame:
    """Return the texts of each pair of field and rule."""
    return pl.DataFrame(
        [
            (field, rule, *_texts(field, rule, dataset, rules, code_lists))
            for field, rule in kinds.iter_rows()
        ],
        schema=dict.fromkeys(("field", "rule", *_TEXTS), pl.String),
        orient="row",
    )


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
