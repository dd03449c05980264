"""A made-up register of any length, the truth set of the benches on linkage.

Nothing here exists: places and names are put together from syllables, and the codes,
though right in form and in both check characters, belong to nobody and live in memory
only. What makes a real register hard is kept:

- codes come in runs, as registries give them out, so neighbors are alike;
- one code in six carries an organization code of eight digits from before 2015;
- nine names in ten hold the same few legal forms, and trades repeat;
- names of sole proprietors may repeat; all others are distinct;
- branches bear the name of their parent, with an ending.

The same arguments give the same rows.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from xinheng.core.identifiers import organization_code, uscc
from xinheng.rulebook import divisions

COLUMNS = (
    *("code", "name", "kind", "division", "status", "former_name", "parent_code"),
)
DIVISIONS = 300

Numbers = NDArray[np.int64]
Words = tuple[str, ...]

_PLACE_FIRST = "云清龙凤石金银松柏梅兰竹桃柳白青碧玉珠泉溪河江湖"
_PLACE_SECOND = "溪川山岭原台桥渡浦湾港塘坪峰谷屏阳阴州陵关集店堡沟"
_BRAND = (
    "安邦宝博昌辰晨成诚驰达大德登鼎东方飞丰峰富格冠光广国海汉航和恒弘宏鸿华汇惠吉佳嘉"
    "建健江捷金锦晋京精景久聚君骏凯康科力立利联良林隆路美民明名铭南宁鹏普启千乾强庆全"
    "仁荣瑞润森山尚胜盛世顺思泰腾天同通万旺威伟文五西祥新信兴雄旭轩亚扬阳一亿益银永优"
    "友宇裕元远源悦云泽展兆振正志智中众卓子紫"
)
# fmt: off
_TRADES: Words = (
    "商贸", "贸易", "建材", "食品", "机械", "电子", "物流", "运输", "农业", "纺织",
    "服装", "包装", "环保", "餐饮", "广告", "家具", "印刷", "仓储", "园林", "装饰",
    "检测", "文化", "信息", "科技", "电器", "汽车", "化工", "医药", "矿业", "水产",
    "建筑工程", "劳务服务", "房地产开发", "物业管理", "企业管理", "文化传媒",
    "信息技术", "网络科技", "生物科技", "新能源", "装饰工程", "机电设备", "医疗器械",
    "教育咨询",
    "商务咨询", "投资管理", "汽车销售", "汽车维修", "电力工程", "市政工程", "畜禽养殖",
    "粮油", "茶叶", "塑料制品", "金属制品", "五金", "石油化工", "供应链管理",
    "人力资源", "旅游开发",
)
_SHOPS: Words = (
    "超市", "便利店", "小吃店", "面馆", "饭店", "理发店", "服装店", "五金店", "水果店",
    "烟酒店", "药店", "修理部", "建材经营部", "日用品商行", "美容店", "早餐店", "花店",
    "农资经营部", "手机店", "家电维修部", "洗车行", "快餐店", "粮油店", "养殖场",
)
_FARMS: Words = (
    "种植", "养殖", "农机", "果蔬", "水产养殖", "苗木种植", "粮食种植", "茶叶",
)
_SERVICES: Words = (
    "公路养护", "疾病预防", "就业服务", "水利工程", "农业技术推广", "不动产登记",
    "文化艺术", "环境监测", "城市管理", "林业技术", "动物防疫", "社会福利",
)
_OFFICES: Words = (
    "民政局", "财政局", "水利局", "教育局", "农业农村局", "交通运输局", "卫生健康局",
    "应急管理局", "统计局", "审计局", "司法局", "住房和城乡建设局",
)
_CLUBS: Words = (
    "商会", "行业协会", "书法协会", "志愿者协会", "老年人体育协会", "研究会",
)
_CARE: Words = ("养老服务中心", "培训学校", "幼儿园", "康复中心", "社会工作服务中心")
_BRANCHES: Words = ("分公司", "营业部", "办事处", "分店")
# fmt: on
_FORMS = {
    "有限公司": 0.80,
    "有限责任公司": 0.11,
    "股份有限公司": 0.04,
    "厂": 0.03,
    "集团有限公司": 0.02,
}
# Kind -> what its codes begin with, its share.
_KINDS = {
    "company": ("91", 0.470),
    "branch": ("91", 0.060),
    "sole_proprietor": ("92", 0.340),
    "cooperative": ("93", 0.045),
    "public_institution": ("12", 0.030),
    "government": ("11", 0.015),
    "association": ("51", 0.020),
    "private_institution": ("52", 0.020),
}
# How the names of a kind are put together: columns of words, and words as they stand.
_PATTERNS: dict[str, Words] = {
    "sole_proprietor": ("place", "brand", "shop"),
    "cooperative": ("place", "brand", "farm", "专业合作社"),
    "public_institution": ("place", "brand", "镇", "service", "中心"),
    "government": ("place", "brand", "镇", "office"),
    "association": ("place", "brand", "club"),
    "private_institution": ("place", "brand", "care"),
}
# Companies name the place before their own word, in brackets behind it, or in short.
_COMPANY_PATTERNS: tuple[tuple[float, Words], ...] = (
    (0.80, ("place", "brand", "trade", "form")),
    (0.12, ("brand", "（", "stem", "）", "trade", "form")),
    (0.08, ("stem", "brand", "trade", "form")),
)
_CHOICES: dict[str, Words] = {
    "trade": _TRADES,
    "shop": _SHOPS,
    "farm": _FARMS,
    "service": _SERVICES,
    "office": _OFFICES,
    "club": _CLUBS,
    "care": _CARE,
}
_STATUSES = {"REGISTERED": 0.86, "DEREGISTERED": 0.11, "REVOKED": 0.03}
_OLD_SHARE = 1 / 6  # organization codes of eight digits
_FORMER_SHARE = 0.08
_WIDEST_GAP = 8  # between two organization codes of one place


def organizations(count: int, seed: int = 0) -> pl.DataFrame:
    """Return COLUMNS for `count` organizations, each code once, in no order.

    All are strings. `status` is one of the register's, `former_name` and `parent_code`
    are null where there is none; a parent stands among the rows.
    """
    random = np.random.default_rng(seed)
    known = places(seed)
    kind_shares = {kind: share for kind, (_, share) in _KINDS.items()}
    kinds = _choice(kind_shares, count, random)
    place = _skewed(len(known), count, random)
    frame = known[place].with_columns(
        kinds.alias("kind"),
        _choice(_STATUSES, count, random).alias("status"),
    )
    prefixes = kinds.replace_strict(
        {kind: prefix for kind, (prefix, _) in _KINDS.items()}
    )
    code = _codes(prefixes + frame["division"], place, random)
    named = _named(frame.with_columns(code.alias("code")), random)
    return _related(named, random).select(COLUMNS)


def places(seed: int = 0) -> pl.DataFrame:
    """Return `division` and the made-up `place` that stands in its rows' names.

    `stem` is the place without its last sign (市, 县, 区).
    """
    random = np.random.default_rng([seed, 1])
    counties = [code for code in sorted(divisions.load()) if not code.endswith("00")]
    codes = np.sort(random.choice(counties, DIVISIONS, replace=False))
    pairs = random.choice(
        len(_PLACE_FIRST) * len(_PLACE_SECOND), DIVISIONS, replace=False
    )
    first, second = np.divmod(pairs, len(_PLACE_SECOND))
    stems = [
        _PLACE_FIRST[a] + _PLACE_SECOND[b] for a, b in zip(first, second, strict=True)
    ]
    ends = _choice({"市": 0.3, "县": 0.4, "区": 0.3}, DIVISIONS, random)
    frame = pl.DataFrame({"division": codes, "stem": stems})
    return frame.with_columns(place=pl.col("stem") + ends)


def _choice(
    shares: dict[str, float], count: int, random: np.random.Generator
) -> pl.Series:
    weights = np.array(list(shares.values()))
    drawn = random.choice(len(shares), count, p=weights / weights.sum())
    return pl.Series(list(shares)).gather(drawn)


def _skewed(choices: int, count: int, random: np.random.Generator) -> Numbers:
    """Draw so that some are drawn ten times as often as others."""
    weights = random.pareto(2.0, choices) + 0.2
    return random.choice(choices, count, p=weights / weights.sum())


def _codes(begun: pl.Series, place: Numbers, random: np.random.Generator) -> pl.Series:
    """Return valid codes that begin with these eight digits."""
    identifiers = _identifiers(place, random)
    inner = np.array([organization_code.ALPHABET.index(c) for c in uscc.ALPHABET])
    total = inner[identifiers] @ np.array(organization_code.WEIGHTS)
    checks = organization_code.CHECK_CHARACTERS
    values = np.array([uscc.ALPHABET.index(check) for check in checks])
    check = values[-total % organization_code.MODULUS]
    body = np.hstack([_as_digits(begun), identifiers, check[:, None]])
    last = -(body @ np.array(uscc.WEIGHTS)) % uscc.MODULUS
    return _as_text(np.hstack([body, last[:, None]]))


def _as_digits(texts: pl.Series) -> Numbers:
    raw = np.frombuffer("".join(texts).encode(), dtype=np.uint8)
    return raw.reshape(len(texts), 8).astype(np.int64) - ord("0")


def _as_text(values: Numbers) -> pl.Series:
    signs = np.frombuffer(uscc.ALPHABET.encode(), dtype=np.uint8)[values]
    codes = np.ascontiguousarray(signs).view(f"S{uscc.LENGTH}").ravel()
    return pl.Series(codes.astype(f"U{uscc.LENGTH}"))


def _identifiers(place: Numbers, random: np.random.Generator) -> Numbers:
    """Return eight values of the alphabet for each row: distinct, in runs by place."""
    is_old = random.random(len(place)) < _OLD_SHARE
    values = np.zeros((len(place), 8), dtype=np.int64)
    values[is_old] = _digits(_runs(place[is_old], 10**8, random), 10, 8)
    values[~is_old, :2] = [uscc.ALPHABET.index(letter) for letter in "MA"]
    values[~is_old, 2:] = _digits(_runs(place[~is_old], 31**6, random), 31, 6)
    return values


def _runs(place: Numbers, space: int, random: np.random.Generator) -> Numbers:
    """Number the rows, distinct: each place counts on, with gaps, in its own share."""
    numbers = np.empty(len(place), dtype=np.int64)
    order = np.argsort(place, kind="stable")
    counted = np.cumsum(random.integers(1, _WIDEST_GAP + 1, len(place)))
    starts = np.flatnonzero(np.diff(place[order], prepend=-1))
    lengths = np.diff(starts, append=len(place))
    begun = np.repeat(counted[starts], lengths)
    numbers[order] = counted - begun + place[order] * (space // DIVISIONS)
    return numbers


def _digits(numbers: Numbers, base: int, length: int) -> Numbers:
    powers = base ** np.arange(length - 1, -1, -1, dtype=np.int64)
    return numbers[:, None] // powers % base


def _named(frame: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    """Add `name` and `former_name`; a branch gets its own later."""
    count = frame.height
    words = {name: _drawn(known, count, random) for name, known in _CHOICES.items()}
    shares = {str(n): share for n, (share, _) in enumerate(_COMPANY_PATTERNS)}
    is_former = pl.Series(random.random(count) < _FORMER_SHARE)
    frame = frame.with_columns(
        form=_choice(_FORMS, count, random),
        pattern=_choice(shares, count, random),
        brand=_brands(count, random),
        **words,
    ).with_columns(name=_name())
    must_differ = pl.col("name").is_duplicated() & (pl.col("kind") != "sole_proprietor")
    while frame.select(must_differ.any()).item():
        longer = pl.col("brand") + _drawn(tuple(_BRAND), count, random)
        brand = pl.when(must_differ).then(longer).otherwise("brand")
        frame = frame.with_columns(brand=brand).with_columns(name=_name())
    former = (
        frame.with_columns(brand=_brands(count, random)).select(_name()).to_series()
    )
    return frame.with_columns(former_name=pl.when(is_former).then(former))


def _drawn(words: Words, count: int, random: np.random.Generator) -> pl.Series:
    return pl.Series(words).gather(random.integers(0, len(words), count))


def _brands(count: int, random: np.random.Generator) -> pl.Series:
    """Return words of two signs, some of three or four."""
    signs = [_drawn(tuple(_BRAND), count, random) for _ in range(4)]
    length = random.choice([2, 3, 4], count, p=[0.7, 0.2, 0.1])
    empty = pl.Series([""]).new_from_index(0, count)
    third = signs[2].zip_with(pl.Series(length > 2), empty)
    fourth = signs[3].zip_with(pl.Series(length > 3), empty)
    return signs[0] + signs[1] + third + fourth


def _name() -> pl.Expr:
    """Put the name together from the columns of words."""
    kind, pattern = pl.col("kind"), pl.col("pattern")
    chosen = [
        pl.when(kind == name).then(_joined(parts)) for name, parts in _PATTERNS.items()
    ]
    companies = [
        pl.when(pattern == str(number)).then(_joined(parts))
        for number, (_, parts) in enumerate(_COMPANY_PATTERNS)
    ]
    return pl.coalesce(*chosen, *companies)


def _joined(parts: Words) -> pl.Expr:
    return pl.concat_str(
        pl.col(part) if part.isascii() else pl.lit(part) for part in parts
    )


def _related(frame: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    """Give each branch a parent, and the parent's name with a place and an ending."""
    places_of_branches = (frame["kind"] == "branch").arg_true()
    companies = frame.filter(pl.col("kind") == "company").select("code", "name")
    count = len(places_of_branches) if companies.height else 0
    drawn = random.integers(0, max(1, companies.height), count)
    branches = companies[drawn].with_columns(
        frame["stem"].gather(places_of_branches[:count]),
        ending=_drawn(_BRANCHES, count, random),
    )
    number = pl.int_range(pl.len()).over("name", "stem", "ending")
    ordinal = (
        pl.when(number > 0).then(pl.format("第{}", number + 1)).otherwise(pl.lit(""))
    )
    names = branches.select(pl.concat_str("name", "stem", ordinal, "ending"))
    parent = pl.repeat(None, frame.height, dtype=pl.String, eager=True)
    rows = places_of_branches[:count]
    return frame.with_columns(
        name=frame["name"].clone().scatter(rows, names.to_series()),
        parent_code=parent.scatter(rows, branches["code"]),
    )
