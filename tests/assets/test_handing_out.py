"""Handing out in the browser: who is folded, who is found, and the same figures by person and by product."""

from __future__ import annotations

from typing import Any

from tests.assets.node import for_each

HANDING = 'const handing = await assets("run/handing_out.js");'
NOTHING = {"find": "", "folds": {}, "waiting": None}


def line(item: str, got: int = 1000, picked: bool = False, **other: Any) -> dict[str, Any]:
    about = {"id": item, "name": item, "brand": "", "content": None, "unit": "pack", "wanted": got, "got": got}
    return about | {"cost": got, "picked_up": picked} | other


def person(name: str, *lines: dict[str, Any]) -> dict[str, Any]:
    about = {"id": name.lower(), "name": name, "username": name.lower()}
    return about | {"lines": {each["id"]: each for each in lines}, "total": sum(each["cost"] for each in lines)}


def people(*them: dict[str, Any]) -> dict[str, Any]:
    return {each["id"]: each for each in them}


MANY = people(
    *(person(f"Member {number}", *(line(f"Goods {number} {n}") for n in range(3))) for number in range(1, 11)),
    person("Мила", line("Rice", 2000, picked=True), line("Јабука"), line("Salt", 0, wanted=500)),
    person("Ana", line("Rice", 1000), line("Oil", 3000, picked=True)),
)
FEW = people(*(person(f"Member {number}", line("Rice")) for number in range(6)))


def by_person(them: dict[str, Any], **serving: Any) -> list[tuple[str, bool, int, int, int]]:
    [rows] = for_each(
        f"{HANDING} return (people, serving) => handing.statements(people, 'ana', serving, false)"
        ".map((row) => [row.name, row.open, row.lines.length, row.picked, row.count]);",
        [(them, NOTHING | serving)],
    )
    return [tuple(row) for row in rows]


def by_product(them: dict[str, Any], wide: bool = False, **serving: Any) -> list[Any]:
    [rows] = for_each(
        f"{HANDING} return (people, serving, wide) => handing.products(people, 'ana', serving, false, wide)"
        ".map((row) => [row.name, row.got, row.picked, row.count, row.takers.map((each) => [each.name, each.got])]);",
        [(them, NOTHING | serving, wide)],
    )
    return rows


def test_many_people_are_folded_and_ones_own_lines_come_first_and_open() -> None:
    rows = by_person(MANY)

    assert rows[0] == ("Ana", True, 2, 1, 2)
    assert [row[0] for row in rows[1:]] == [f"Member {number}" for number in range(1, 11)] + ["Мила"]
    assert not any(is_open for _, is_open, *_ in rows[1:])
    assert rows[-1][2:] == (3, 1, 2)  # what was not there is shown, and nobody waits for it


def test_few_people_are_all_open() -> None:
    assert all(is_open for _, is_open, *_ in by_person(FEW))


def test_who_was_opened_or_folded_by_hand_stays_so() -> None:
    rows = {row[0]: row[1] for row in by_person(MANY, folds={"мила": True, "ana": False})}

    assert rows["Мила"] and not rows["Ana"]


def test_a_person_or_a_product_is_found_and_open() -> None:
    assert by_person(MANY, find="мила") == [("Мила", True, 3, 1, 2)]
    assert [row[:3] for row in by_person(MANY, find="RICE")] == [("Ana", True, 1), ("Мила", True, 1)]
    assert [row[:3] for row in by_person(MANY, find="мила јаб")] == [("Мила", True, 1)]
    assert by_person(MANY, find="nobody") == []


def test_who_is_served_meanwhile_stays_among_those_who_waited() -> None:
    served = people(person("Ana", line("Rice", picked=True)), person("Mila", line("Rice")))

    assert [row[0] for row in by_person(served, waiting={"mila": True})] == ["Mila"]
    assert [row[0] for row in by_person(served, waiting={"ana": True})] == ["Ana", "Mila"]


def test_each_product_has_who_gets_of_it() -> None:
    rice = next(row for row in by_product(MANY) if row[0] == "Rice")

    assert rice == ["Rice", 3000, 1, 2, [["Ana", 1000], ["Мила", 2000]]]
    assert [row[0] for row in by_product(MANY)][:3] == ["Goods 1 0", "Goods 1 1", "Goods 1 2"]
    assert "Salt" not in [row[0] for row in by_product(MANY)]
    assert by_product(MANY, find="мила rice") == [["Rice", 3000, 1, 2, [["Мила", 2000]]]]


def test_in_a_table_everybody_has_a_column() -> None:
    rows = by_product(MANY, wide=True)

    assert {len(takers) for *_, takers in rows} == {12}
    assert len({tuple(name for name, _ in takers) for *_, takers in rows}) == 1
    got = sum(amount for *_, takers in rows for _, amount in takers)
    assert got == sum(each["got"] for person in MANY.values() for each in person["lines"].values())


def test_a_tick_makes_only_its_own_rows_anew() -> None:
    after = person("Ana", line("Rice", 1000, picked=True), line("Oil", 3000, picked=True))

    [same] = for_each(
        f"{HANDING} return (people, ana, serving) => {{"
        " const see = (them, read) => read(them, 'ana', serving, false, true);"
        " const all = (them) => [...see(them, handing.statements), ...see(them, handing.products)];"
        " const before = all(people); const now = all({ ...people, ana });"
        " return now.filter((row, place) => row !== before[place]).map((row) => row.name); };",
        [(MANY, after, NOTHING)],
    )

    assert same == ["Ana", "Rice"]
