"""Sums that a row states twice, in words and in a column; twin of the core's amounts.

Nearly every text states one plain amount and the column holds it: such rows are cleared
at one look. The others, few and much alike, are read by
`xinheng.core.submissions.amounts`, each pair of text and number once.
"""

from __future__ import annotations

import polars as pl

from xinheng.core.submissions import amounts

# One plain amount, the first of the text: no numeral may go on before or behind it.
_NUMERAL = f"0-9０-９{amounts.NUMERALS}"
_PLAIN = (
    rf"^[^{_NUMERAL}¥￥]*([0-9]{{1,9}}(?:\.[0-9]{{1,6}})?)(万?)元"
    rf"(?:$|[^{_NUMERAL}{amounts.OTHER_WORDS}])"
)
_EXACT = 1e-7  # of 10,000 yuan, a hundredth of the least that a column may differ by


def disagree(rows: pl.DataFrame, *, word: str, unit: str) -> pl.Series:
    """Tell of which rows the amount can't be what the text states.

    `rows` has `text` (String) and `amount` (Decimal, in `unit`); null in either of them
    disagrees with nothing. n rows in, Boolean of n rows out.
    """
    asked = rows.with_row_index("place").filter(
        pl.col("amount").is_not_null()
        & pl.col("text").str.contains(word, literal=True)
        & ~_is_plainly_stated(float(amounts.UNITS[unit]))
    )
    pairs = asked.select("text", "amount").unique()
    odd = [
        amounts.disagrees(text, amount, word=word, unit=unit)
        for text, amount in pairs.iter_rows()
    ]
    found = asked.join(
        pairs.filter(pl.Series(odd, dtype=pl.Boolean)),
        on=["text", "amount"],
        how="semi",
    )
    nowhere = pl.repeat(value=False, n=rows.height, eager=True)
    return nowhere.scatter(found["place"], values=True)


def _is_plainly_stated(yuan: float) -> pl.Expr:
    groups = pl.col("text").str.extract_groups(_PLAIN)
    stated = groups.struct.field("1").cast(pl.Float64)
    factor = pl.when(groups.struct.field("2") == "万").then(10_000.0).otherwise(1.0)
    amount = pl.col("amount").cast(pl.Float64)
    difference = (stated * factor / yuan - amount).abs()
    return (difference < _EXACT).fill_null(value=False) & (amount > 0)
