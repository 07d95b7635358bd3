"""Every use case notes the topics of every view that it changes, whoever looks at that view."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import changes, db
from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError
from bulq.domain.phases import OPEN, Phase
from bulq.models import Group, Membership, Run
from bulq.queries import questions
from bulq.queries.access import run_for
from bulq.queries.accounts import profile
from bulq.queries.runs import run_view
from bulq.queries.topics import (
    header_topics,
    own_topics,
    run_topics,
)
from bulq.services import accounts, bids, catalogue, groups, merging, merging_people, payouts, phases, runs, shopping
from bulq.services import password_resets as resets
from bulq.sessions import token_hash
from bulq.views import VIEWS
from tests import cast, databases
from tests.cast import LATER, NOW, PACK, World
from tests.services.use_cases import USE_CASES, Stage, UseCase, stage

Seen = dict[tuple[str, str], Any]  # by viewer and view: what is shown, or how it is refused


@dataclass
class Viewers:
    """One of each kind, each signed in: name → the token hash of their session."""

    world: World
    hashes: dict[str, str] = field(default_factory=dict)
    ids: dict[str, UUID] = field(default_factory=dict)
    at_first: Seen = field(default_factory=dict)  # what they see while nothing has happened yet


KINDS = {
    "ana": "leader",
    "bojan": "member who bids",
    "mila": "another member who bids",
    "hana": "helper",
    "nina": "member without a bid",
    "fedor": "former member",
    "pero": "member of another group",
    "eva": "leader in another group",
    "ada": "admin of the server",
}
AT_THE_CATALOGUE = ("ana", "mila", "fedor", "ada")  # to others its pages show nothing else


def assemble(session: Session) -> Viewers:
    world = cast.build(session)
    ana, group_id = world.cast.ana, world.cast.group_id
    hana, nina, fedor = (cast.person(session, name) for name in ("Hana", "Nina", "Fedor"))
    token = session.get_one(Group, group_id).invite_token
    for each in (hana, nina, fedor):
        groups.join_group(session, each, token, now=NOW)
    for phase in OPEN:
        runs.set_helper(session, ana, world.runs[phase], hana.id, True, now=NOW)
    bids.place_bid(session, fedor, world.runs[Phase.ACTIVE], world.cast.rice, PACK, now=NOW)
    # From shopping on bids stay when somebody leaves.
    shopping.add_to_list(session, ana, world.runs[Phase.SHOPPING], world.cast.tomatoes, fedor.id, 500, now=NOW)
    groups.leave_group(session, fedor, group_id, now=NOW)
    people = {"ana": ana, "bojan": world.cast.bojan, "mila": world.cast.mila, "hana": hana, "nina": nina}
    people |= {"fedor": fedor, "pero": world.evas.bojan, "eva": world.evas.ana, "ada": world.cast.ada}
    found = Viewers(world)
    for name, person in people.items():
        found.ids[name] = person.id
        found.hashes[name] = token_hash(accounts.start_session(session, person.id, "Firefox", now=NOW))
    session.flush()
    return found


@pytest.fixture(scope="module")
def peopled() -> Iterator[dict[str, tuple[Engine, Viewers]]]:
    """One filled database of each kind that was asked for."""
    made: dict[str, tuple[Engine, Viewers]] = {}
    yield made
    for engine, _ in made.values():
        engine.dispose()


@pytest.fixture
def filled(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    peopled: dict[str, tuple[Engine, Viewers]],
) -> tuple[Engine, Viewers]:
    kind: str = request.param
    server: databases.SQLite | databases.PostgreSQL = request.getfixturevalue(kind)
    if kind not in peopled:
        if isinstance(server, databases.SQLite):
            url = server.copy_to(tmp_path_factory.mktemp("topics"))
        else:
            url = server.new_database(f"topics_{uuid4().hex[:8]}")
            databases.migrate(url)
        engine = db.engine_for(url)
        with Session(engine, expire_on_commit=False) as session, session.begin():
            peopled[kind] = engine, assemble(session)
    return peopled[kind]


@pytest.fixture
def viewers(filled: tuple[Engine, Viewers]) -> Viewers:
    return filled[1]


@pytest.fixture
def session(filled: tuple[Engine, Viewers]) -> Iterator[Session]:
    """What is done in it goes when the test ends."""
    with Session(filled[0], expire_on_commit=False) as session:
        yield session
        session.rollback()


# The views


@dataclass(frozen=True)
class View:
    """What is of `run_id` is the same for all who may see the run, and read once for all.

    Where `topics_of` the facts says more, that is what whoever is shown them listens to.
    """

    name: str
    topics: frozenset[str]
    read: Callable[[Session, Actor], Any]
    run_id: UUID | None = None
    topics_of: Callable[[Any, Actor], Collection[str]] | None = None

    def heard_with(self, facts: Any, viewer: Actor) -> frozenset[str]:
        is_shown = self.topics_of is not None and not isinstance(facts, tuple)
        return frozenset(self.topics_of(facts, viewer)) if is_shown else self.topics  # type: ignore[misc]


def addressed(session: Session, viewer_id: UUID, ids: dict[str, Collection[UUID]]) -> list[View]:
    """The views that have an address, of all these things."""
    found: list[View] = []
    for view in VIEWS:
        names = list(view.ids)
        for values in product(*(ids[name] for name in names)):
            given = dict(zip(names, values, strict=True))
            run_id = given.get("run_id") if view.audience else None
            topics = header_topics(viewer_id) if run_id is None else frozenset[str]()
            if run_id is not None:
                topics = run_topics(run_id, session.get_one(Run, run_id).group_id)
            read = partial(_read, view.read, given)
            found.append(View(view.address.format(**given), topics, read, run_id, view.topics))
    return found


def _read(read: Callable[..., Any], ids: dict[str, UUID], session: Session, viewer: Actor) -> Any:
    return read(session, viewer, **ids)


def run_views(run_id: UUID, group_id: UUID, phase: Phase) -> list[View]:
    def of(read: Callable[..., Any]) -> Callable[[Session, Actor], Any]:
        return lambda session, viewer: read(session, viewer, run_id)

    reads: dict[str, Callable[..., Any]] = {"run": run_view} | IN_PHASE.get(phase, {})
    topics = run_topics(run_id, group_id)
    return [View(f"{name} of {run_id}", topics, of(read), run_id) for name, read in reads.items()]


# What is asked, or shown, only then.
IN_PHASE: dict[Phase, dict[str, Callable[..., Any]]] = {
    Phase.ACTIVE: {"who isn't ready": questions.not_ready},
    Phase.SHOPPING: {"what is still to buy": questions.open_list},
    Phase.ADJUSTING: {"fair split": questions.shares_of},
    Phase.DISTRIBUTING: {"what waits": questions.waiting_lines},
}


def own_views(viewer_id: UUID, group_ids: list[UUID]) -> list[View]:
    topics = own_topics(viewer_id, group_ids)
    return [
        View("profile", topics, lambda s, who: profile(s, who, now=LATER)),
    ]


def views_for(session: Session, at: Stage, viewers: Viewers, case: UseCase, viewer_id: UUID) -> list[View]:
    world, ids = viewers.world, at.ids
    mine = list(session.scalars(select(Membership.group_id).where(Membership.user_id == viewer_id)))
    some = () if case.in_run else (Phase.ACTIVE, Phase.SHOPPING, Phase.DISTRIBUTING, Phase.COMPLETED)
    if case.in_run and at.phase is Phase.SHOPPING:  # whose prices show in other runs
        some = (Phase.ACTIVE,)
    shown = {at.run, *world.evas_runs.values(), *(world.runs[each] for each in some)}
    of_runs = session.execute(
        select(Run.id, Run.group_id, Run.phase).where(col(Run.id).in_(shown)).order_by(col(Run.id))
    )
    views = own_views(viewer_id, mine)
    views += [view for found in of_runs for view in run_views(*found)]
    named: dict[str, Collection[UUID]] = {"run_id": sorted(shown), "group_id": dict.fromkeys((at.group, *mine))}
    named |= {"product_id": (), "store_id": (), "user_id": (world.cast.bojan.id,), "payee_id": (world.cast.ana.id,)}
    if viewer_id in (viewers.ids[name] for name in AT_THE_CATALOGUE):
        named["product_id"] = dict.fromkeys(ids[name] for name in ("product", "lentils", "twin") if name in ids)
        named["store_id"] = dict.fromkeys(ids[name] for name in ("store", "twin_store") if name in ids)
    return views + addressed(session, viewer_id, named)


def _answer(session: Session, read: Callable[[Session, Actor], Any], who: Actor) -> Any:
    try:
        return read(session, who)
    except BulqError as refusal:
        return type(refusal).__name__, refusal.key


def look(session: Session, viewers: Viewers, views: dict[str, list[View]], known: Seen | None = None) -> Seen:
    """What each viewer sees in each view, or how they are refused. Signed out they see nothing but that.

    What is `known` already isn't read again.
    """
    session.flush()
    session.expire_all()
    actors = accounts.actors_for(session, list(viewers.hashes.values()), now=LATER)
    seen: Seen = {} if known is None else known
    for_all: dict[str, Any] = {}
    for name in views:
        actor = actors.get(viewers.hashes[name])
        seen[name, "header"] = actor and replace(actor, session_id=None)
        if actor is None:
            continue
        entered: dict[UUID, Any] = {}
        for view in views[name]:
            if (name, view.name) in seen:
                continue
            if (run_id := view.run_id) is None:
                seen[name, view.name] = _answer(session, view.read, actor)
                continue
            if run_id not in entered:
                entered[run_id] = _answer(session, lambda s, who, run_id=run_id: run_for(s, who, run_id), actor)
            if isinstance(refusal := entered[run_id], tuple):
                seen[name, view.name] = refusal
                continue
            if view.name not in for_all:
                for_all[view.name] = _answer(session, view.read, actor)
            seen[name, view.name] = for_all[view.name]
    return seen


# The use cases


def _mila_is_ready(at: Stage) -> None:
    bids.set_ready(at.session, at.cast.mila, at.run, True, now=NOW)


def _bojan_looks_after_it(at: Stage) -> None:
    groups.promote(at.session, at.cast.ana, at.group, at.cast.bojan.id, now=NOW)


def _mila_has_another_group(at: Stage) -> None:
    at.ids["new_group"] = groups.create_group(at.session, at.cast.mila, "Klisa", "EUR", "Europe/Belgrade", now=NOW).id


def _twin_of_rice_is_wanted(at: Stage) -> None:
    twin = catalogue.add_product(at.session, at.cast.ana, "Rice", "", "pack", 1000, now=NOW)
    at.ids["twin"] = twin.id
    bids.place_bid(at.session, at.cast.bojan, at.run, twin.id, PACK, now=NOW)


def _twin_of_the_store_is_gone_to(at: Stage) -> None:
    at.ids["twin_store"] = catalogue.add_store(at.session, at.cast.ana, "Metro Cash & Carry", now=NOW).id
    runs.start_run(at.session, at.cast.ana, at.group, at.twin_store, now=NOW)


def _bojan_has_two_accounts(at: Stage) -> None:
    twin = cast.person(at.session, "Bojana")
    at.ids["twin_user"] = twin.id
    groups.join_group(at.session, twin, at.session.get_one(Group, at.group).invite_token, now=NOW)
    bids.place_bid(at.session, twin, at.run, at.cast.rice, PACK, now=NOW)


def _due(at: Stage) -> None:
    at.session.get_one(Run, at.run).bids_close_at = NOW


def _all_give_up(at: Stage) -> None:
    _due(at)
    for who in (at.cast.ana, at.cast.bojan, at.cast.mila):
        bids.mark_interested(at.session, who, at.run, at.cast.rice, now=NOW - (LATER - NOW))
    bids.mark_interested(at.session, at.cast.bojan, at.run, at.cast.tomatoes, now=NOW - (LATER - NOW))


def _reset_offered(at: Stage) -> None:
    at.ids["reset"] = resets.offer_reset(at.session, at.cast.ada, at.account, now=NOW)  # type: ignore[assignment]


ACTIVE = (Phase.ACTIVE,)
# Ways through use cases that the table of all has no room for, and those in which nobody acts.
MORE = [
    UseCase(
        bids.place_bid,
        "mila",
        lambda at, who: bids.place_bid(at.session, who, at.run, at.product, 4 * PACK, now=NOW),
        ("run",),
        ACTIVE,
        before=_mila_is_ready,
    ),
    UseCase(
        bids.place_bid,
        "mila",
        lambda at, who: bids.place_bid(at.session, who, at.run, at.cast.tomatoes, 500, now=NOW),
        ("run",),
        ACTIVE,
    ),
    UseCase(
        bids.place_bid,
        "nina",
        lambda at, who: bids.place_bid(at.session, who, at.run, at.product, PACK, now=NOW),
        ("run",),
        (Phase.PLANNING, Phase.ACTIVE),
    ),
    UseCase(
        runs.set_helper,
        "ana",
        lambda at, who: runs.set_helper(at.session, who, at.run, at.user, True, now=NOW),
        ("run",),
        OPEN,
    ),
    UseCase(
        groups.leave_group,
        "ana",
        lambda at, who: groups.leave_group(at.session, who, at.group, now=NOW),
        before=_bojan_looks_after_it,
    ),
    UseCase(
        groups.edit_group,
        "mila",
        lambda at, who: groups.edit_group(
            at.session,
            who,
            at.new_group,
            name="Klisa",
            currency="RSD",
            time_zone="UTC",
            fair_rule="proportional",
            now=NOW,
        ),
        before=_mila_has_another_group,
    ),
    UseCase(
        merging.merge_products,
        "ada",
        lambda at, who: merging.merge_products(at.session, who, at.twin, at.product, now=NOW),
        ("run",),
        ACTIVE,
        before=_twin_of_rice_is_wanted,
    ),
    UseCase(
        merging.merge_stores,
        "ada",
        lambda at, who: merging.merge_stores(at.session, who, at.twin_store, at.store, now=NOW),
        before=_twin_of_the_store_is_gone_to,
    ),
    UseCase(
        merging_people.merge_users,
        "ada",
        lambda at, who: merging_people.merge_users(at.session, who, at.twin_user, at.user, now=NOW),
        ("run",),
        ACTIVE,
        before=_bojan_has_two_accounts,
    ),
    UseCase(
        phases.close_bidding,
        "ada",
        lambda at, _who: phases.close_bidding(at.session, at.run, now=LATER),
        ("run",),
        ACTIVE,
        before=_due,
    ),
    UseCase(
        phases.close_bidding,
        "ada",
        lambda at, _who: phases.close_bidding(at.session, at.run, now=LATER),
        ("run",),
        ACTIVE,
        before=_all_give_up,
    ),
    UseCase(
        payouts.add_payout,
        "ana",
        lambda at, who: payouts.add_payout(at.session, who, "revolut", "@anamaric", now=NOW),
    ),
    UseCase(
        accounts.start_session,
        "bojan",
        lambda at, who: accounts.start_session(at.session, who.id, "Safari", now=NOW),
    ),
    UseCase(
        resets.use_reset,
        "mila",
        lambda at, _who: resets.use_reset(at.session, str(at.reset), "a hash", now=NOW),
        before=_reset_offered,
    ),
]
ALL = [(case, phase) for case in [*USE_CASES, *MORE] for phase in (case.phases if case.in_run else (Phase.SHOPPING,))]
# On PostgreSQL a few, of each kind of topic, since what is noted doesn't depend on the database.
SOME = {
    "bids.place_bid",
    "prices.see_price",
    "groups.remove_member",
    "users.delete_account",
    "merging.merge_products",
    "catalogue_import.import_catalogue",
}
CHOSEN = [("sqlite", *each) for each in ALL] + [
    ("postgresql", case, case.phases[-1] if case.in_run else phase)
    for case, phase in ALL
    if case.name in SOME and phase in (case.phases[-1], Phase.SHOPPING)
]


def _names(value: object) -> str | None:
    return value.name if isinstance(value, UseCase) else None


@pytest.mark.parametrize(("filled", "case", "phase"), CHOSEN, indirect=["filled"], ids=_names)
def test_what_changes_is_announced(session: Session, viewers: Viewers, case: UseCase, phase: Phase) -> None:
    at = stage(session, viewers.world, phase)
    if case.before:
        case.before(at)
    session.flush()
    views = {name: views_for(session, at, viewers, case, viewers.ids[name]) for name in KINDS}
    before = look(session, viewers, views, None if case.before else viewers.at_first)
    session.info.clear()

    case.call(at, _actor(viewers, at, case.who))

    session.flush()
    noted = changes.noted(session)
    after = look(session, viewers, views)
    changed = [each for each in after if after[each] != before[each]]
    topics = {
        (name, view.name): view.heard_with(before.get((name, view.name), ()), _actor(viewers, at, name))
        for name in KINDS
        for view in views[name]
    }
    topics |= {(name, "header"): header_topics(viewers.ids[name]) for name in KINDS}
    heard = {each for topic in noted for each in (topic, changes.whole(topic))}
    missed = [each for each in changed if heard.isdisjoint(topics[each])]
    assert not missed, _readable(viewers, at, _complaints(case, phase, missed, topics, noted))
    useful = {topic for each in changed for topic in topics[each]}
    watched = {topic for each in after for topic in topics[each]}
    if wasted := {topic for topic in noted if changes.whole(topic) in watched - useful}:
        said = f"{case.name} in {phase} notes {sorted(wasted)}, where nothing changes for anybody"
        print(_readable(viewers, at, said))


@pytest.mark.parametrize("filled", ["sqlite"], indirect=True)
def test_a_use_case_that_notes_too_little_is_found_out(session: Session, viewers: Viewers) -> None:
    def quietly(at: Stage, who: Actor) -> None:
        bids.place_bid(at.session, who, at.run, at.product, 4 * PACK, now=NOW)
        at.session.info.clear()
        changes.note(at.session, changes.user(who.id))

    case = UseCase(bids.place_bid, "mila", quietly, ("run", "product"), ACTIVE)

    with pytest.raises(AssertionError) as found:
        test_what_changes_is_announced(session, viewers, case, Phase.ACTIVE)

    said = "bids.place_bid in active changes 'run of run in active' for {}, who hears of "
    for who in ("ana (leader)", "bojan (member who bids)", "nina (member without a bid)"):
        assert said.format(who) in str(found.value)
    for who in ("mila (another member who bids)", "fedor (former member)", "eva (leader in another group)"):
        assert ("mila" in who) == (said.format(who) in str(found.value))


def _complaints(
    case: UseCase, phase: Phase, missed: list[tuple[str, str]], topics: dict[tuple[str, str], Any], noted: set[str]
) -> str:
    lines = [
        f"{case.name} in {phase} changes {view!r} for {name} ({KINDS[name]}), who hears of {sorted(topics[name, view])}"
        for name, view in missed
    ]
    return "\n".join([*lines, f"It notes {sorted(noted)}."])


def _readable(viewers: Viewers, at: Stage, text: str) -> str:
    """With names for ids."""
    names = {each: name for name, each in at.ids.items()} | {each: name for name, each in viewers.ids.items()}
    names |= {each: f"run in {phase}" for phase, each in viewers.world.runs.items()}
    names |= dict.fromkeys(viewers.world.evas_runs.values(), "Eva's run")
    names |= {viewers.world.cast.group_id: "Liman", viewers.world.evas.group_id: "Telep"}
    for each, name in names.items():
        text = text.replace(str(each), name)
    return text


def _actor(viewers: Viewers, at: Stage, name: str) -> Actor:
    known = getattr(at.cast, name, None)
    return known or Actor(viewers.ids[name], name.title(), name)
