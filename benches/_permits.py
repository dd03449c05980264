"""Made-up permit files of any length, for the benches.

Fictional organizations of division 210899, which does not exist. About two rows in a
hundred carry one slip of the kinds that clerks make. The same arguments give the same
bytes.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

BATCH_ROWS = 100_000
FIRST_DAY = date(2019, 4, 24)

_ALPHABET = np.array(list("0123456789ABCDEFGHJKLMNPQRTUWXY"))
_ORGANIZATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])
_CODE_WEIGHTS = np.array([pow(3, position, 31) for position in range(17)])
_PREFIX = "91210899"
_PLACES = ("东", "西", "南", "北", "中", "滨海", "临港", "新城")
_WORDS = ("恒", "鑫", "瑞", "泰", "盛", "源", "诚", "达", "嘉", "宏", "远", "博", "汇")
_TRADES = (
    "建材",
    "食品",
    "运输",
    "机械",
    "商贸",
    "水产",
    "化工",
    "物流",
    "电子",
    "服装",
)
_FORMS = ("有限公司", "有限责任公司", "股份有限公司", "商行", "厂")
_TYPES = ("普通", "特许", "认可", "核准", "登记")
_SUBJECTS = (
    "道路普通货物运输；货物专用运输（集装箱）；仓储服务，依法须经批准的项目除外",
    "预包装食品销售，散装食品销售，特殊食品销售，餐饮服务，食品互联网销售",
    "建筑材料、装饰材料、五金交电、机械设备的生产与销售",
    "取水许可，年取水量不超过三万立方米，取水用途为工业用水",
)
_UNITS = tuple(f"示例市第{number}局" for number in range(1, 49))


def header() -> tuple[str, ...]:
    """Return the 28 Chinese titles of the permit form, edition of 2018."""
    return (
        "行政相对人名称",
        "行政相对人类别",
        "行政相对人代码_1(统一社会信用代码)",
        "行政相对人代码_2(工商注册号)",
        "行政相对人代码_3(组织机构代码)",
        "行政相对人代码_4(税务登记号)",
        "行政相对人代码_5(事业单位证书号)",
        "行政相对人代码_6(社会组织登记证号)",
        "法定代表人",
        "法定代表人证件类型",
        "法定代表人证件号码",
        "证件类型",
        "证件号码",
        "行政许可决定文书名称",
        "行政许可决定文书号",
        "许可类别",
        "许可证书名称",
        "许可编号",
        "许可内容",
        "许可决定日期",
        "有效期自",
        "有效期至",
        "许可机关",
        "许可机关统一社会信用代码",
        "当前状态",
        "数据来源单位",
        "数据来源单位统一社会信用代码",
        "备注",
    )


def write(path: Path, *, rows: int, seed: int = 0) -> None:
    """Write a UTF-8 CSV file of `rows` permits."""
    random = np.random.default_rng(seed)
    codes = _codes(max(1, rows // 8), random)
    with path.open("wb") as target:
        target.write((",".join(header()) + "\n").encode())
        for first in range(0, rows, BATCH_ROWS):
            size = min(BATCH_ROWS, rows - first)
            _batch(first, size, codes, random).write_csv(target, include_header=False)


def _codes(count: int, random: np.random.Generator) -> np.ndarray:
    """Return `count` valid unified codes of fictional companies."""
    letters = random.integers(0, 31, size=(count, 8))
    # The inner code counts A to Z as 10 to 35, the outer one leaves five letters out.
    inner = np.array([_inner(character) for character in _ALPHABET])[letters]
    remainder = (11 - (inner @ _ORGANIZATION_WEIGHTS) % 11) % 11
    check = np.where(remainder == 10, _ALPHABET.tolist().index("X"), remainder)
    prefix = np.tile([int(digit) for digit in _PREFIX], (count, 1))
    body = np.hstack([prefix, letters, check[:, None]])
    last = (-(body @ _CODE_WEIGHTS)) % 31
    values = np.hstack([body, last[:, None]])
    return np.array(["".join(row) for row in _ALPHABET[values]])


def _inner(character: str) -> int:
    return int(character) if character.isdigit() else ord(character) - ord("A") + 10


def _batch(
    first: int, size: int, codes: np.ndarray, random: np.random.Generator
) -> pl.DataFrame:
    owners = random.integers(0, len(codes), size)
    units = random.integers(0, len(_UNITS), size)
    drawn = pl.DataFrame(
        {
            "name": _names(owners),
            "code": codes[owners],
            "unit": _pick(_UNITS, units),
            "unit_code": codes[units % len(codes)],
            "type": _pick(_TYPES, random.integers(0, len(_TYPES), size)),
            "content": _pick(_SUBJECTS, random.integers(0, len(_SUBJECTS), size)),
            "days": random.integers(0, 7, size),
            "number": np.arange(first + 1, first + size + 1),
            "slip": random.integers(0, 1000, size),
        }
    )
    frame = drawn.with_columns(day=pl.lit(FIRST_DAY) + pl.duration(days="days"))
    spoiled = frame.with_columns(_slips()).with_columns(_copies()).select(_cells())
    return spoiled.rename(dict(zip(spoiled.columns, header(), strict=True)))


def _pick(choices: tuple[str, ...], places: np.ndarray) -> np.ndarray:
    return np.array(choices)[places]


def _slips() -> list[pl.Expr]:
    """Spoil about two rows in a hundred, each in one of ten ways."""
    code, day = pl.col("code"), pl.col("day")
    wrong_end = (
        pl.when(code.str.ends_with("0")).then(pl.lit("1")).otherwise(pl.lit("0"))
    )
    day_text = day.dt.to_string("%Y-%m-%d")
    return [
        _slipped(pl.col("name"), {0: pl.lit(None, dtype=pl.String)}).alias("name"),
        _slipped(
            code,
            {
                1: code.str.slice(0, 17) + wrong_end,
                2: code.str.slice(0, 16),
                3: pl.lit("9.12109E+17"),
                4: pl.lit("无"),
            },
        ).alias("code"),
        _slipped(pl.col("type"), {5: pl.lit("特别")}).alias("type"),
        _slipped(pl.col("content"), {6: pl.lit(None, dtype=pl.String)}).alias(
            "content"
        ),
        _slipped(day_text, {7: pl.lit("2019.5"), 8: pl.lit("2119-05-01")}).alias("day"),
        _slipped(
            (day.dt.offset_by("3y")).dt.to_string("%Y-%m-%d"),
            {9: pl.lit("2001-01-01")},
        ).alias("until"),
    ]


def _copies() -> list[pl.Expr]:
    """Repeat the row above here and there, with other content every second time."""
    copied = pl.col("slip").is_in([20, 21])
    again = pl.all().exclude("slip", "content")
    other = pl.col("slip") == 20
    content = pl.when(other).then(pl.col("content").shift()).otherwise("content")
    return [
        pl.when(copied).then(again.shift()).otherwise(again).name.keep(),
        content.alias("content"),
    ]


def _slipped(column: pl.Expr, slips: dict[int, pl.Expr]) -> pl.Expr:
    """Put another value where the row's slip says so; two numbers stand for each."""
    for slip, value in slips.items():
        hit = pl.col("slip").is_in([2 * slip, 2 * slip + 1])
        column = pl.when(hit).then(value).otherwise(column)
    return column


def _cells() -> list[pl.Expr]:
    number = pl.col("number").cast(pl.String)
    padded = number.str.zfill(8)
    empty = pl.lit(None, dtype=pl.String)
    return [
        pl.col("name"),
        pl.lit("法人及非法人组织").alias("category"),
        pl.col("code"),
        empty.alias("registration"),
        pl.col("code").str.slice(8, 9).alias("organization_code"),
        *(empty.alias(f"empty_{place}") for place in range(8)),
        pl.lit("准予行政许可决定书").alias("title"),
        pl.concat_str(pl.lit("示许决〔2019〕"), padded, pl.lit("号")).alias("no"),
        pl.col("type"),
        pl.lit("许可证").alias("certificate"),
        pl.concat_str(pl.lit("SL2019"), number.str.zfill(7)).alias("certificate_no"),
        pl.concat_str("content", pl.lit("（第"), number, pl.lit("项）")).alias(
            "content"
        ),
        pl.col("day"),
        pl.col("day").alias("from"),
        pl.col("until"),
        pl.col("unit"),
        pl.col("unit_code"),
        pl.lit("正常").alias("status"),
        pl.col("unit").alias("source"),
        pl.col("unit_code").alias("source_code"),
        empty.alias("remark"),
    ]


def _names(owners: np.ndarray) -> pl.Series:
    """Name each organization by its number, the same name every time."""
    words = np.array(_WORDS)
    parts = (
        np.array(_PLACES)[owners % len(_PLACES)],
        words[owners // 8 % len(words)],
        words[owners // 104 % len(words)],
        np.array(_TRADES)[owners // 1352 % len(_TRADES)],
        np.array(_FORMS)[owners // 13520 % len(_FORMS)],
    )
    columns = [pl.Series(str(place), part) for place, part in enumerate(parts)]
    named = pl.DataFrame(columns).select(pl.concat_str(pl.lit("示例市"), pl.all()))
    return named.to_series()
