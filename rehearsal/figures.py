"""The figures of a rehearsal, their goals, and the table they are shown in."""

from __future__ import annotations

import math
from typing import Any

from bench.figures import Figure

ZERO = 0.0
FIGURES = (
    Figure("sockets", "sockets open over Caddy with TLS"),
    Figure("opened_in_s", "all opened within, s"),
    Figure("bids", "bids answered in calm"),
    Figure("bids_per_s", "a second"),
    Figure("errors", "errors meanwhile", ZERO),
    Figure("bid_ms", "place a bid, median ms"),
    Figure("bid_p95_ms", "place a bid, 95 of 100, ms", 150),
    Figure("seen_by_all_ms", "until all pages of the run show it, median ms", 300),
    Figure("seen_by_all_max_ms", "the slowest, ms"),
    Figure("busy_ms_per_bid", "processor time of the app for a bid, ms"),
    Figure("rss_mb", "memory of an app process, MB"),
    Figure("database_connections", "database connections at most"),
    Figure("database_connections_over", "of one process, beyond its pool", ZERO),
    Figure("lost_bids", "answered bids lost", ZERO),
    Figure("stale_pages", "pages wrong in the end", ZERO),
    Figure("deadline_shown_s", "a deadline passed: all pages show it after, s", 6),
    Figure("kill_dropped", "one process killed: connections cut"),
    Figure("kill_reconnect_s", "the last is back after, s", 5),
    Figure("kill_lost_bids", "answered bids lost", ZERO),
    Figure("kill_overtaken_bids", "overwritten by an older, late one", ZERO),
    Figure("kill_hanging", "bids without any answer", ZERO),
    Figure("kill_stale_pages", "pages wrong in the end", ZERO),
    Figure("redis_live_again_s", "Valkey restarted: live again after, s", 5),
    Figure("redis_bids", "bids answered meanwhile and after"),
    Figure("redis_lost_bids", "answered bids lost", ZERO),
    Figure("redis_overtaken_bids", "overwritten by an older, late one", ZERO),
    Figure("redis_hanging", "bids without any answer", ZERO),
    Figure("redis_stale_pages", "pages wrong in the end", ZERO),
    Figure("postgresql_recovered_s", "PostgreSQL crashed: works again after, s", 5),
    Figure("postgresql_lost_bids", "answered bids lost", ZERO),
    Figure("postgresql_overtaken_bids", "overwritten by an older, late one", ZERO),
    Figure("postgresql_hanging", "bids without any answer", ZERO),
    Figure("postgresql_stale_pages", "pages wrong in the end", ZERO),
    Figure("rolling_dropped", "rolling restart: connections cut"),
    Figure("rolling_reconnect_s", "the last is back after, s", 5),
    Figure("rolling_bids", "bids answered meanwhile and after"),
    Figure("rolling_lost_bids", "answered bids lost", ZERO),
    Figure("rolling_overtaken_bids", "overwritten by an older, late one", ZERO),
    Figure("rolling_hanging", "bids without any answer", ZERO),
    Figure("rolling_stale_pages", "pages wrong in the end", ZERO),
    Figure("failover_operations", "pairs: operations sent"),
    Figure("failover_met", "of which met the failure of PostgreSQL"),
    Figure("failover_in_vain", "tries that were refused or cut off"),
    Figure("failover_promoted_s", "the standby is promoted after, s"),
    Figure("failover_first_s", "the first is answered after, s"),
    Figure("failover_back_s", "the last of those that met it, after, s", 10),
    Figure("failover_lost_bids", "answered or sent, and not there", ZERO),
    Figure("failover_twice", "done twice", ZERO),
    Figure("failover_redis_back_s", "Valkey killed: all processes on line after, s", 10),
    Figure("failover_redis_answered", "operations answered meanwhile and after"),
    Figure("failover_redis_in_vain", "refused or cut off meanwhile", ZERO),
    Figure("failover_deadline_s", "a deadline afterwards: closed after, s", 6),
    Figure("failover_ended", "processes that ended", ZERO),
    Figure("logins_tried", "wrong logins from one address"),
    Figure("logins_s", "within, s"),
    Figure("logins_answered", "answered", 5),
    Figure("logins_failed", "neither answered nor refused", ZERO),
    Figure("logins_of_others_refused", "refused meanwhile from another address", ZERO),
    Figure("browsers_see_ms", "two browsers: one sees the other's bid, ms", 1000),
    Figure("browsers_complaints", "errors on their pages", ZERO),
    Figure("backup_bids", "backup of so many bids"),
    Figure("backup_s", "backup and proof, s"),
    Figure("backup_peak_mb", "memory at most, MB"),
    Figure("backup_failed", "backup or proof failed", ZERO),
)


def table(values: dict[str, Any]) -> str:
    lines = [f"{'figure':<44} {'key':<27} {'measured':>9} {'goal':>7}"]
    for figure in FIGURES:
        if (value := values.get(figure.key)) is None:
            continue
        sign = "≤" if figure.better == "less" else "≥"
        goal = "" if figure.goal is None else f"{sign} {figure.goal:g}"
        missed = "" if _reached(figure, value) else "  MISSED"
        lines.append(f"{figure.what:<44} {figure.key:<27} {value:>9.4g} {goal:>7}{missed}")
    lines += [f"{key}: {value}" for key, value in values.items() if isinstance(value, dict) and value]
    return "\n".join(lines)


def _reached(figure: Figure, value: float) -> bool:
    return not math.isnan(value) and figure.reached(value)


def rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {key: round(value, 2) if isinstance(value, float) else value for key, value in values.items()}
