"""The figures, their goals, and the table they are shown in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Figure:
    key: str
    what: str
    goal: float | None = None
    better: Literal["less", "more"] = "less"

    def reached(self, value: float) -> bool:
        if self.goal is None:
            return True
        return value <= self.goal if self.better == "less" else value >= self.goal


FIGURES = (
    Figure("bid_ms", "place a bid, until the server has answered", 5),
    Figure("use_case_bid_ms", "its use case alone, in a transaction", 1),
    Figure("bids_per_s", "bids per second, 50 people at once", 500, "more"),
    Figure("bid_in_burst_ms", "place a bid while 50 do"),
    Figure("seen_by_all_ms", "place a bid, until the last of 50 sees it", 25),
    Figure("seen_by_500_ms", "place a bid, until the last of 500 sees it", 60),
    Figure("cpu_per_bid_ms", "processor time of the server, 50 pages", 10),
    Figure("cpu_per_bid_500_ms", "processor time of the server, 500 pages", 35),
    Figure("bytes_per_bid", "bytes each viewer is sent of a bid", 300),
    Figure("paint_ms", "a patch arrives, until it is painted", 10),
    Figure("run_view_ms", "read the run page's data", 25),
    Figure("run_view_queries", "queries for it", 10),
    Figure("home_ms", "read the home page's data, 50 groups", 25),
    Figure("search_ms", "search from the header, the slowest of several", 50),
    Figure("product_ms", "read a product with 10,000 prices", 40),
    Figure("history_ms", "read a product with 1,000 prices at one store", 15),
    Figure("store_ms", "read the store where most was seen", 40),
    Figure("admin_ms", "read the admins' users, filtered and sorted", 50),
    Figure("statement_ms", "read a statement of 1,000 people's run", 60),
    Figure("picking_statement_ms", "the same while goods are picked up"),
    Figure("ledger_ms", "read a group's money, 100,000 entries", 30),
    Figure("ledger_queries", "queries for it", 6),
    Figure("plan_ms", "plan the fewest payments of 15 people", 50),
    Figure("plan_many_ms", "the same of 1,000 people", 100),
    Figure("list_cold_ms", "find a product to add, list not kept yet"),
    Figure("list_warm_ms", "find a product to add, of 100,000"),
    Figure("import_wait_ms", "longest wait of a bid, 100,000 rows go in", 1000),
    Figure("large_seed_s", "fill the large database, seconds", 120),
    Figure("first_load_kb", "first load of the run page, gzip", 200),
    Figure("precache_kb", "kept on a device to work offline, brotli", 260),
    Figure("slow_first_s", "run page usable, 400 kbit/s, first visit", 6),
    Figure("slow_second_s", "the same, second visit", 1),
    Figure("rss_start_mb", "memory of the server process when ready", 140),
    Figure("rss_mb", "the same after the bidding", 200),
    Figure("page_kb", "its memory for each open run page", 250),
    Figure("floor_ms", "an empty question on /live"),
)
TIMES = ("bid_ms", "seen_by_all_ms", "seen_by_500_ms", "run_view_ms", "bid_in_burst_ms")


def with_ratios(values: dict[str, float]) -> dict[str, float]:
    """Times, and the time per bid in the burst, as multiples of an empty question: these compare across machines."""
    floor = values["floor_ms"]
    ratios = {f"{key.removesuffix('_ms')}_floors": values[key] / floor for key in TIMES}
    ratios["burst_bid_floors"] = 1000 / values["bids_per_s"] / floor
    return {key: round(value, 2) for key, value in (values | ratios).items()}


def table(values: dict[str, float]) -> str:
    lines: list[str] = []
    for figure in FIGURES:
        value = values[figure.key]
        sign = "≤" if figure.better == "less" else "≥"
        goal = "" if figure.goal is None else f"{sign} {figure.goal:g}"
        ratio = values.get(f"{figure.key.removesuffix('_ms')}_floors")
        floors = "" if ratio is None else f"{ratio:.1f} ×"
        if figure.key == "bids_per_s":
            floors = f"{values['burst_bid_floors']:.1f} ×"
        missed = "" if figure.reached(value) else "  MISSED"
        lines.append(f"{figure.what:<44} {figure.key:<18} {value:>9.1f} {goal:>7} {floors:>8}{missed}")
    head = f"{'figure':<44} {'key':<18} {'measured':>9} {'goal':>7} {'floors':>8}"
    return "\n".join([head, *lines])
