"""What is done at a terminal: python -m bulq …, from migrate to restore."""

from __future__ import annotations

import argparse
import getpass
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bulq import alone, db, i18n, migrations, passwords
from bulq.checks import check_all
from bulq.config import Environment, settings
from bulq.demo import fill as demo
from bulq.demo.story import ADMIN, PEOPLE
from bulq.domain.errors import BulqError
from bulq.domain.texts import check_username, username_key
from bulq.imports import catalogue
from bulq.imports.asking import NoMap
from bulq.imports.order_lines import NotAnOrderFile, Orders, read_orders
from bulq.imports.orders import LEADER, STORE, Imported, Refused, import_orders, limits_lifted, steps
from bulq.jobs.backup import back_up
from bulq.jobs.commands import REASONS, add_commands
from bulq.jobs.throwaway import tables_in
from bulq.services import accounts, payouts
from bulq.services.password_resets import VALID, renew_access

ADMINS = " (looks after the server)"
RESEALED_AT_ONCE = 1000
MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


class Stop(Exception):
    """Ends a command with a line that says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        options.command(options)
    except (Stop, Refused, NotAnOrderFile, catalogue.Unusable, NoMap, *REASONS) as reason:
        print(reason, file=sys.stderr)
        return 1
    except BulqError as error:
        print(i18n.text(f"errors.{error.key}", "en", **error.values), file=sys.stderr)
        return 1
    except DBAPIError as error:
        print(f"The database refuses: {str(error.orig).strip()}", file=sys.stderr)
        print("If it is new or from an earlier version: python -m bulq migrate", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bulq", description="Looks after a Bulq server.")
    commands = parser.add_subparsers(required=True, metavar="command")
    migrate = commands.add_parser("migrate", help="bring the database to the newest revision")
    migrate.add_argument(
        "--without-backup", action="store_true", help="in production a backup is made and proved first"
    )
    migrate.set_defaults(command=_migrate)
    check = commands.add_parser("check", help="see whether a server could start, and reach what the settings name")
    check.set_defaults(command=_check)
    admin = commands.add_parser("admin", help="the people who look after this server")
    admins = admin.add_subparsers(required=True, metavar="command")
    create = admins.add_parser("create", help="make an admin's account")
    create.add_argument("username")
    create.add_argument("--name", help="the name others see; the username if left out")
    create.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    create.set_defaults(command=_create_admin)
    reset = admins.add_parser("reset-link", help="print a link by which somebody sets a new password, admins too")
    reset.add_argument("username")
    reset.set_defaults(command=_reset_link)
    reseal = commands.add_parser("reseal", help="encrypt with SECRET_KEY what was encrypted with SECRET_KEY_OLD")
    reseal.set_defaults(command=_reseal)
    demo_parser = commands.add_parser("demo", help="fill in people, groups and runs to try Bulq with")
    demo_parser.set_defaults(command=_demo)
    orders = commands.add_parser("import-orders", help="make a run of a month of real order lines")
    orders.add_argument("file", type=Path, help=".csv or .csv.gz with the columns of the data set Online Retail")
    orders.add_argument("--month", required=True, type=_month, help="for example 2011-11")
    orders.add_argument("--group", default=STORE, help="the group's name, made if there is none; %(default)r")
    orders.add_argument("--leader", default=LEADER, metavar="USERNAME", help="who leads the run; %(default)r, made too")
    orders.set_defaults(command=_import_orders)
    catalogue.add_commands(commands)
    add_commands(commands)
    return parser


def _month(text: str) -> str:
    if not MONTH.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no month such as 2011-11")
    return text


def _migrate(options: argparse.Namespace) -> None:
    if (server := alone.server_on(settings.database_url)) and migrations.is_outdated(settings.database_url):
        raise Stop(f"{server} Stop it before its tables change under it. Nothing was changed.")
    backup = _back_up_before(options) if settings.env is Environment.PRODUCTION else ""
    try:
        before, after = migrations.upgrade(settings.database_url)
    except migrations.MoneyChanged as reason:
        said = f" {backup} was made before." if backup else ""
        raise Stop(f"{reason}\nNothing was changed: the database is as it was.{said}") from None
    print(f"The database is at revision {after}{', as before' if before == after else ''}.")


def _back_up_before(options: argparse.Namespace) -> str:
    """Make a backup and prove it, unless there is nothing to lose; returns its name."""
    url = settings.database_url
    if options.without_backup or not tables_in(url) or not migrations.is_outdated(url):
        return ""
    if not settings.backup_target:
        raise Stop("A backup comes first: set BULQ_BACKUP_TARGET, or say --without-backup. Nothing was changed.")
    row = back_up(_now())
    if row is None:
        raise Stop("Another backup is being made right now; try again in a moment. Nothing was changed.")
    if row.error:
        raise Stop(f"The backup before it failed: {row.error}. Nothing was changed; --without-backup goes on without.")
    print(f"{row.name} was made and proved.")
    return row.name


def _check(_options: argparse.Namespace) -> None:
    if not check_all(print):
        raise Stop("A server could not work like this.")


def _create_admin(options: argparse.Namespace) -> None:
    check_username(options.username)
    name = options.name or options.username
    password = passwords.check_new(_password(options.password_stdin), [name, options.username])
    password_hash = passwords.hash_password(password)
    user = db.write_now(_make_admin, name, options.username, password_hash, now=_now())
    print(f"{user} looks after this server now.")


def _make_admin(session: Session, name: str, username: str, password_hash: str, *, now: datetime) -> str:
    return accounts.create_admin(session, name, username, password_hash, now=now).username


def _reset_link(options: argparse.Namespace) -> None:
    token = db.write_now(renew_access, username_key(check_username(options.username)), now=_now())
    print(f"Valid for {VALID.total_seconds() / 3600:.0f} hours, once. After the address of this server:")
    print(f"/reset/{token}")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != first:
        raise Stop("The two passwords differ. Nothing was changed.")
    return first


def _reseal(_options: argparse.Namespace) -> None:
    """May run beside the servers: each thousand rows are a transaction of their own."""
    after, done, lost = None, 0, 0
    while True:
        after, sealed, unreadable = db.write_now(payouts.seal_anew, after, RESEALED_AT_ONCE)
        done, lost = done + sealed, lost + unreadable
        if after is None:
            break
    print(f"{done} sealed anew with SECRET_KEY. Once all servers use it, SECRET_KEY_OLD is not needed any more.")
    if lost:
        raise Stop(f"{lost} can't be read with any key given. Add the one they were sealed with to SECRET_KEY_OLD.")


def _demo(_options: argparse.Namespace) -> None:
    if settings.env is Environment.PRODUCTION:
        raise Stop("The demo's passwords are known to everybody. Nothing was changed: this server is in production.")
    if db.read_now(demo.is_there):
        print("The demo is there already, or its usernames are taken. Nothing was changed.")
        return
    db.write_now(demo.fill, demo.hashes(), now=_now())
    print("The demo is filled in. Log in as one of:")
    for username, name in PEOPLE.items():
        print(f"  {username:<8} {demo.password_of(username):<22} {name}{ADMINS if username == ADMIN else ''}")


def _import_orders(options: argparse.Namespace) -> None:
    orders = read_orders(options.file, options.month)
    console = Console()
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console) as progress, limits_lifted():
        task = progress.add_task(f"Orders of {options.month}", total=steps(orders))
        found = db.write_now(
            import_orders,
            orders,
            group=options.group,
            leader=options.leader,
            advance=lambda: progress.advance(task),
        )
    console.print(_summary(orders, found))


def _summary(orders: Orders, found: Imported) -> Table:
    table = Table(title=f"Orders of {orders.month}", caption="first line: where to look in the file")
    for column, justify in (("what", "left"), ("count", "right"), ("first line", "right")):
        table.add_column(column, justify=justify)  # pyright: ignore[reportArgumentType]
    for what, count in (("people", found.people), ("products", found.products), ("bids", found.bids)):
        table.add_row(what, str(count))
    table.add_section()
    table.add_row("lines of other months", str(orders.other_months))
    skipped = orders.skipped
    for reason, count in sorted(skipped.counts.items(), key=lambda pair: -pair[1]):
        table.add_row(f"skipped: {reason}", str(count), str(skipped.first[reason]))
    table.add_row("skipped in all", str(skipped.total))
    table.add_section()
    table.add_row(f"run /runs/{found.run_id}", "")
    return table


def _now() -> datetime:
    return datetime.now(UTC)
