"""What goods of a list are counted in and what is in one: from unit, size, pieces per case, name and price together."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bulq.domain.lists.amounts import parse_number
from bulq.domain.lists.units import MEASURES, Pack, read_pack, size_in, unit_named
from bulq.domain.lists.words import is_nothing
from bulq.domain.phases import Unit
from bulq.domain.prices import MAX_CONTENT
from bulq.domain.quantities import plain

THOUSANDS = re.compile(r"(?<![0-9.,])[1-9][0-9]{0,2}[.,][0-9]{3}(?![0-9])")


@dataclass(frozen=True, slots=True)
class Said:
    """What a row says about its goods, cell by cell; `unit` is what its unit is known to mean, None without."""

    name: str
    unit: Pack | None
    size: str = ""
    size_unit: str = ""
    count: int = 0
    price_per: str = ""  # "case", "piece" or "kg", as the heading of the price says
    priced: Pack | None = None  # as the cell of the price says: "4,50 / kg"


@dataclass(frozen=True, slots=True)
class Goods:
    """`unit` is None where nothing tells. `per` is of how many thousandths of it a price is.

    `named` says that only the name tells the content. `parts` is what a case is made up of, for people: "12 × 454 g".
    """

    unit: Unit | None
    content: int | None = None
    content_unit: Unit | None = None
    named: bool = False
    per: int = 1000
    parts: str = ""
    case_of: int = 0


def thousands_perhaps(text: str, unit: Unit | None) -> bool:
    """Whether a number may be read as a thousand or as one: "1,000" of anything but kg, l and m, which scales weigh."""
    return unit not in (Unit.KG, Unit.L, Unit.M) and bool(THOUSANDS.search(text))


def goods_of(said: Said) -> Goods:
    pack, named = said.unit, False
    if (sized := _size(said)) is not None:
        pack = _joined(pack, sized)
    counted = pack is not None and pack.content_unit is Unit.PIECE
    if pack is None or counted or (pack.content is None and pack.unit not in (*MEASURES, Unit.M)):
        in_name = size_in(said.name)
        if in_name is not None:
            named = not counted
            pack = _joined(pack, in_name)
    if said.priced is not None:
        return _by_price(said.priced, pack, named)
    if said.price_per == "kg" and (pack is None or pack.unit not in MEASURES):
        measure = pack.content_unit if pack and pack.content_unit in (Unit.L, Unit.ML) else Unit.KG
        return Goods(Unit.L if measure is not Unit.KG else Unit.KG)
    return _in_cases(said, pack, named)


def _size(said: Said) -> Pack | None:
    """What the cell of the content says: "500 g", "6 x 1 l", or a number whose unit stands elsewhere."""
    cell = said.size.strip()
    if is_nothing(cell):
        return None
    number = parse_number(cell)
    if number is None:
        return read_pack(cell)
    digits, decimals, _doubt = number
    thousandths = digits * 1000 // 10**decimals
    unit = unit_named(said.size_unit) if said.size_unit.strip() else said.unit.unit if said.unit else None
    if not 0 < thousandths <= MAX_CONTENT or unit is None:
        return None
    if unit in MEASURES or said.size_unit.strip():
        counted = unit if unit in MEASURES else Unit.PIECE
        alone = thousandths == 1000 and not said.size_unit.strip()
        return Pack(unit) if alone else Pack(Unit.PACK, thousandths, counted, 1, thousandths)
    holder = Unit.PACK if unit is Unit.PIECE else unit
    return Pack(holder, thousandths, Unit.PIECE, thousandths // 1000, 1000) if thousandths > 1000 else Pack(unit)


def _joined(pack: Pack | None, sized: Pack) -> Pack:
    """A unit and a size from two cells. What is measured itself is a pack of that size when the size says so."""
    if pack is None:
        return sized
    if pack.content is not None and pack.content_unit is Unit.PIECE and sized.count == 1 and sized.content:
        total = sized.content * pack.count
        if sized.content_unit in MEASURES and total <= MAX_CONTENT:
            return Pack(pack.unit, total, sized.content_unit, pack.count, sized.content)
    if pack.content is not None:
        return pack
    if pack.unit in (*MEASURES, Unit.M):
        return sized if sized.content is not None else pack
    # "2 pieces" of 500 g are no case; a case is what its unit or the count in it says.
    unit = Unit.CASE if sized.count > 1 and sized.content_unit in MEASURES and pack.unit is Unit.PIECE else pack.unit
    return replace(sized, unit=unit)


def _by_price(priced: Pack, pack: Pack | None, named: bool) -> Goods:
    if priced.content is not None and priced.content_unit in MEASURES and (pack is None or pack.unit in MEASURES):
        return Goods(priced.content_unit, per=priced.content)  # "0,99 / 100 g"
    if priced.unit in MEASURES and priced.content is None:
        return Goods(priced.unit)
    found = _joined(priced, pack) if pack is not None and priced.content is None and pack.content else pack or priced
    return Goods(found.unit, found.content, found.content_unit, named, parts=_parts(found))


def _in_cases(said: Said, pack: Pack | None, named: bool) -> Goods:
    count = said.count if said.count > 1 else 0
    if pack is not None and pack.unit in (*MEASURES, Unit.M):
        return Goods(pack.unit)
    unit = pack.unit if pack else None
    by_case = said.price_per == "case" or (unit is Unit.CASE and said.price_per != "piece")
    if not count or (pack is not None and pack.count > 1):
        unit = Unit.CASE if unit is None and said.price_per == "case" else unit
        content = (pack.content, pack.content_unit) if pack else (None, None)
        return Goods(unit, *content, named=named, parts=_parts(pack))
    if not by_case:
        single = Unit.PIECE if unit in (None, Unit.CASE) else unit
        content = (pack.content, pack.content_unit) if pack and pack.content else (None, None)
        return Goods(single, *content, named=named, case_of=count)
    held = unit if unit is not None and unit in (Unit.CASE, Unit.BOX, Unit.PACK, Unit.BAG) else Unit.CASE
    single = (pack.content, pack.content_unit) if pack and pack.content else (1000, Unit.PIECE)
    assert single[0] is not None and single[1] is not None
    whole = Pack(held, single[0] * count, single[1], count, single[0])
    if whole.content and whole.content > MAX_CONTENT:
        larger = {Unit.G: Unit.KG, Unit.ML: Unit.L}.get(single[1])
        whole = replace(whole, content=(whole.content + 500) // 1000, content_unit=larger) if larger else Pack(held)
    return Goods(whole.unit, whole.content, whole.content_unit, parts=_parts(whole, single[1]))


def _parts(pack: Pack | None, unit: Unit | None = None) -> str:
    if pack is None or pack.count < 2 or pack.single is None or pack.content_unit in (None, Unit.PIECE):
        return ""
    return f"{pack.count} \u00d7 {plain(pack.single, 3)} {unit or pack.content_unit}"
