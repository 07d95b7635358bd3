"""M3: random runs, then random merges: every piece and every cent is where it was, for every run."""

from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from sqlmodel import col, func, select

from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError
from bulq.domain.phases import Phase
from bulq.models import Allocation, Bid, BidRaise, ListItem, Membership, Purchase, Run
from bulq.queries.pick_up import pick_up
from bulq.queries.runs import run_view
from bulq.services import bids, catalogue, merging, phases
from bulq.services.merging_people import merge_users
from tests import seeing
from tests.cast import NOW, PACK, Cast, World, person, plan

PEOPLE = ("ana", "bojan", "mila", "bojan2")
PRODUCTS = ("rice", "twin", "other")
UNTIL = (Phase.ACTIVE, Phase.CONFIRMED, Phase.SHOPPING, Phase.ADJUSTING, Phase.DISTRIBUTING, Phase.COMPLETED)

wishes = st.dictionaries(
    st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PRODUCTS)), st.integers(0, 9), min_size=1, max_size=12
)
receipt = st.lists(
    st.tuples(st.sampled_from(PRODUCTS), st.integers(1, 20), st.sampled_from((0, 799, 800, 1001, 333))), max_size=6
)
runs = st.lists(st.tuples(wishes, receipt, st.sampled_from(UNTIL)), min_size=1, max_size=3)
merges = st.lists(st.sampled_from(("twin>rice", "rice>twin", "other>rice", "bojan2>bojan", "bojan>bojan2")), max_size=3)


class Scene:
    """Bojan with two accounts, and the rice under three names."""

    def __init__(self, session: Session, cast: Cast) -> None:
        self.session, self.cast = session, cast
        twin = person(session, "Bojan2")
        session.add(Membership(group_id=cast.group_id, user_id=twin.id, joined_at=NOW))
        self.people: dict[str, Actor] = {"ana": cast.ana, "bojan": cast.bojan, "mila": cast.mila, "bojan2": twin}
        self.products = {"rice": cast.rice}
        for name in PRODUCTS[1:]:
            self.products[name] = catalogue.add_product(session, cast.ana, name, "", "pack", PACK, now=NOW).id
        session.flush()

    def run(self, wanted: dict[tuple[str, str], int], bought: list[tuple[str, int, int]], until: Phase) -> UUID:
        """As far as this run gets: without a firm bid not beyond bidding."""
        session, ana = self.session, self.cast.ana
        run_id = plan(session, self.cast)
        for (who, product), packs in wanted.items():
            if packs:
                bids.place_bid(
                    session, self.people[who], run_id, self.products[product], packs * PACK, note=who, now=NOW
                )
            else:
                bids.mark_interested(session, self.people[who], run_id, self.products[product], now=NOW)
            session.flush()
        steps = (
            (Phase.CONFIRMED, lambda: seeing.confirm_run(session, ana, run_id, now=NOW)),
            (Phase.SHOPPING, lambda: self._shop(run_id, bought)),
            (Phase.ADJUSTING, lambda: seeing.finish_shopping(session, ana, run_id, nothing_is_fine=True, now=NOW)),
            (Phase.DISTRIBUTING, lambda: seeing.share_fairly(session, ana, run_id, now=NOW)),
            (Phase.COMPLETED, lambda: seeing.complete_run(session, ana, run_id, now=NOW)),
        )
        for phase, go in steps:
            if UNTIL.index(phase) > UNTIL.index(until):
                break
            try:
                go()
            except BulqError:
                continue
            session.flush()
        return run_id

    def _shop(self, run_id: UUID, bought: list[tuple[str, int, int]]) -> None:
        phases.start_shopping(self.session, self.cast.ana, run_id, now=NOW)
        self.session.flush()
        query = select(ListItem).where(ListItem.run_id == run_id)
        items = {item.product_id: item.id for item in self.session.scalars(query)}
        for product, packs, price in bought:
            if item_id := items.get(self.products[product]):
                seeing.buy(self.session, self.cast.ana, run_id, item_id, packs * PACK, packs * price, now=NOW)
                self.session.flush()

    def merge(self, what: str) -> None:
        duplicate, _, kept = what.partition(">")
        try:
            if duplicate in self.people:
                ids = (self.people[duplicate].id, self.people[kept].id)
                merge_users(self.session, self.cast.ada, *ids, now=NOW)
            else:
                ids = (self.products[duplicate], self.products[kept])
                merging.merge_products(self.session, self.cast.ada, *ids, now=NOW)
        except BulqError:
            pass
        self.session.flush()
        self.session.expire_all()

    def sums(self, run_id: UUID) -> tuple[object, ...]:
        """What of a run no merge may change: pieces wanted, bought and given, minor units paid and owed."""
        session = self.session

        def of(column: object, table: type) -> int:
            return int(session.scalars(select(func.sum(column)).where(table.run_id == run_id)).one() or 0)  # type: ignore[attr-defined,call-overload]

        phase = session.get_one(Run, run_id).phase
        owed = 0
        if phase in (Phase.DISTRIBUTING, Phase.COMPLETED):
            view = pick_up(session, self.cast.ana, run_id)
            owed = sum(each.total for each in view.people.values()) + sum(line.cost for line in view.left_over.values())
            assert owed == view.total == of(col(Purchase.total), Purchase)
        parts = run_view(session, self.cast.ana, run_id).parts
        return (
            phase,
            owed,
            parts.total if phase in UNTIL[3:] else None,  # before, it is an estimate
            of(col(Bid.quantity), Bid),
            of(col(Bid.wanted), Bid),
            of(col(ListItem.wanted), ListItem),
            of(col(ListItem.bought), ListItem),
            of(col(ListItem.line_total), ListItem),
            of(col(Purchase.total), Purchase),
            of(col(Purchase.quantity), Purchase),
            of(col(Allocation.quantity), Allocation),
        )

    def check(self, run_id: UUID) -> None:
        """Every raise belongs to a bid, every purchase to its item."""
        session = self.session
        for bid in session.scalars(select(Bid).where(Bid.run_id == run_id)):
            raised = session.scalars(select(func.sum(BidRaise.quantity)).where(BidRaise.bid_id == bid.id)).one()
            assert int(raised or 0) == (bid.quantity or 0)
        for item in session.scalars(select(ListItem).where(ListItem.run_id == run_id)):
            lines = session.scalars(select(Purchase).where(Purchase.item_id == item.id)).all()
            assert (item.bought, item.line_total) == (sum(x.quantity for x in lines), sum(x.total for x in lines))
            assert not (item.missing and item.bought)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(runs, merges)
def test_no_merge_changes_what_a_run_comes_to(
    built: tuple[Engine, World], trips: list[tuple[dict, list, Phase]], wanted: list[str]
) -> None:
    engine, world = built
    with Session(engine, expire_on_commit=False) as session:
        scene = Scene(session, world.cast)
        run_ids = [scene.run(*trip) for trip in trips]
        before = [scene.sums(run_id) for run_id in run_ids]

        for what in wanted:
            scene.merge(what)

        assert [scene.sums(run_id) for run_id in run_ids] == before
        for run_id in run_ids:
            scene.check(run_id)
        session.rollback()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wishes, receipt)
def test_whoever_has_one_account_owes_the_same_after_products_are_merged(
    built: tuple[Engine, World], wanted: dict[tuple[str, str], int], bought: list[tuple[str, int, int]]
) -> None:
    engine, world = built
    with Session(engine, expire_on_commit=False) as session:
        scene = Scene(session, world.cast)
        run_id = scene.run(wanted, bought, Phase.COMPLETED)
        if (
            session.get_one(Run, run_id).phase is not Phase.COMPLETED
            or not session.scalars(select(Allocation.id).where(Allocation.run_id == run_id)).all()
        ):
            return session.rollback()
        before = {each.username: each.total for each in pick_up(session, world.cast.ana, run_id).people.values()}

        scene.merge("twin>rice")
        scene.merge("other>rice")

        after = pick_up(session, world.cast.ana, run_id).people.values()
        assert {each.username: each.total for each in after} == before
        session.rollback()
