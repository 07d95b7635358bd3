"""After any sequence of use cases page, statements, export and profile agree, and hold every cent and every payer."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from sqlmodel import col, func, select

from bulq.domain.actor import Actor
from bulq.domain.errors import BulqError
from bulq.domain.exports import Basis, Became, What
from bulq.domain.phases import BIDDING, FINAL, GOODS_BOUGHT, OPEN, Phase
from bulq.domain.statements import NOTHING
from bulq.editions import to_json
from bulq.exports.document import as_json
from bulq.exports.tables import parts_of, people_of
from bulq.models import (
    Allocation,
    Bid,
    Group,
    ListItem,
    Membership,
    Product,
    Purchase,
    Run,
    StatementLine,
    User,
)
from bulq.queries.accounts import profile
from bulq.queries.export import RunExport, run_export
from bulq.queries.item_shares import GIVEN_OUT, run_shares
from bulq.queries.pick_up import pick_up
from bulq.queries.run_facts import run_facts
from bulq.queries.runs import RunView, run_view
from bulq.services import (
    accounts_removal,
    bids,
    catalogue,
    groups,
    leading,
    leftovers,
    merging,
    mistakes,
    phases,
    pickup,
    prices,
    runs,
    shopping,
)
from bulq.services.merging_people import merge_users
from tests import seeing
from tests.assets.node import for_each
from tests.balances import balances
from tests.cast import LATER, NOW, PACK, World, person, plan

PEOPLE = ("ana", "bojan", "mila", "bojan2")
PRODUCTS = ("rice", "tomatoes", "twin")
people, products = st.sampled_from(PEOPLE), st.sampled_from(PRODUCTS)
steps, totals = st.integers(1, 12), st.sampled_from((0, 1, 799, 1000, 3333, 9999))
nth = st.integers(0, 5)  # one of the rows there are


class Money(RuleBasedStateMachine):
    """One run of a group of four, one of whom has two accounts; and a product that is known twice."""

    engine: Engine
    world: World
    shown: list[tuple[list[Any], dict[str, Any]]]  # what a browser has to derive its figures from, and which these are

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(self.engine, expire_on_commit=False)
        cast = self.cast = self.world.cast
        twin = person(self.session, "Bojan2")
        self.session.add(Membership(group_id=cast.group_id, user_id=twin.id, joined_at=NOW))
        self.people: dict[str, Actor] = {"ana": cast.ana, "bojan": cast.bojan, "mila": cast.mila, "bojan2": twin}
        self.products = {"rice": cast.rice, "tomatoes": cast.tomatoes}
        self.products["twin"] = catalogue.add_product(self.session, cast.ana, "Twin", "", "pack", PACK, now=NOW).id
        self.session.flush()
        self.run_id = plan(self.session, cast)
        self.session.flush()
        self.owed: dict[str, int] | None = None  # by account, once the run has ended
        self.balances = balances(self.session, cast.group_id)
        self.before = {name: self._profile(who) for name, who in self.people.items()}

    def teardown(self) -> None:
        self.session.rollback()
        self.session.close()

    @property
    def run_row(self) -> Run:
        return self.session.get_one(Run, self.run_id, populate_existing=True)

    @property
    def leader(self) -> Actor:
        return next((who for who in self.people.values() if who.id == self.run_row.leader_id), self.cast.ana)

    def do(self, call: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """What is refused leaves nothing behind, as a transaction that failed."""
        kept = self.session.begin_nested()
        try:
            call(self.session, *args, **({"now": LATER} | kwargs))
            self.session.flush()
        except BulqError:
            kept.rollback()
        else:
            kept.commit()
        self.session.expire_all()

    def one_of(self, table: Any, number: int) -> Any:
        rows = self.session.scalars(select(table).where(table.run_id == self.run_id).order_by(table.id)).all()
        return rows[number % len(rows)] if rows else None

    @initialize(
        wanted=st.dictionaries(st.tuples(people, products), steps, min_size=1, max_size=6),
        bought=st.lists(st.tuples(nth, steps, totals, people), max_size=4),
        far=st.sampled_from((0, 2, 3, 4, 4, 5, 5)),
    )
    def begin(self, wanted: dict[tuple[str, str], int], bought: list[tuple[int, int, int, str]], far: int) -> None:
        """Some way into a run: bidding, confirmed, shopping, beyond it, given out, or ended."""
        for (who, product), number in wanted.items():
            self.bid(who, product, number)
        for place in range(min(far, 2)):
            self.go_on(place)
        for line in bought if far >= 2 else ():
            self.buy(*line)
        for place in range(2, far):
            self.go_on(place)

    @precondition(lambda self: self.run_row.phase in BIDDING)
    @rule(who=people, product=products, number=steps)
    def bid(self, who: str, product: str, number: int) -> None:
        self.do(bids.place_bid, self.people[who], self.run_id, self.products[product], number * self._step(product))

    def _step(self, product: str) -> int:
        return self.session.get_one(Product, self.products[product]).step

    @rule(who=people, product=products, size=st.integers(2, 5), total=totals)
    def see_cases(self, who: str, product: str, size: int, total: int) -> None:
        pack = size * self._step(product)
        place = self.products[product], self.run_row.store_id
        self.do(prices.see_price, self.people[who], *place, total, "EUR", per=pack, pack=pack)

    @precondition(lambda self: self.run_row.phase in BIDDING)
    @rule(who=people, product=products, number=steps, more=steps, cap=st.one_of(st.none(), totals))
    def bid_up_to(self, who: str, product: str, number: int, more: int, cap: int | None) -> None:
        step = self._step(product)
        of = self.people[who], self.run_id, self.products[product], number * step
        self.do(bids.place_bid, *of, up_to=(number + more) * step, up_to_cap=cap)

    @precondition(lambda self: self.run_row.phase is Phase.CONFIRMED)
    @rule(product=products, fill=st.booleans())
    def settle_case(self, product: str, fill: bool) -> None:
        self.do(seeing.settle_case, self.leader, self.run_id, self.products[product], fill)

    @precondition(lambda self: self.run_row.phase in BIDDING)
    @rule(who=people, product=products, what=st.sampled_from(("interested", "retract", "note")))
    def bid_otherwise(self, who: str, product: str, what: str) -> None:
        of = self.people[who], self.run_id, self.products[product]
        if what == "note":
            self.do(bids.write_note, *of, "Ripe")
        else:
            self.do(bids.mark_interested if what == "interested" else bids.retract_bid, *of)

    @precondition(lambda self: self.run_row.phase in OPEN)
    @rule(turn=st.integers(0, 3))
    def go_on(self, turn: int) -> None:
        """The leader takes the next step."""
        phase, leader = self.run_row.phase, self.leader
        if phase in (Phase.PLANNING, Phase.ACTIVE):
            self.do(seeing.confirm_run, leader, self.run_id)
        elif phase is Phase.CONFIRMED:
            self.do(phases.start_shopping, leader, self.run_id)
        elif phase is Phase.SHOPPING:
            self.do(seeing.finish_shopping, leader, self.run_id, nothing_is_fine=turn == 0)
        elif phase is Phase.ADJUSTING:
            self.do(seeing.share_fairly, leader, self.run_id, leader_takes_rest=turn == 1)
        elif phase is Phase.DISTRIBUTING:
            self.do(seeing.complete_run, leader, self.run_id)

    @precondition(lambda self: self.run_row.phase in OPEN)
    @rule(rarely=nth, back=st.sampled_from((phases.reopen_bidding, phases.stop_shopping, mistakes.back_to_shopping)))
    def go_back(self, rarely: int, back: Any) -> None:
        self.do(back, self.leader, self.run_id)

    @precondition(lambda self: self.run_row.phase in OPEN)
    @rule(rarely=nth)
    def cancel(self, rarely: int) -> None:
        if rarely == 5:
            self.do(phases.cancel_run, self.leader, self.run_id, "Rain")

    @precondition(lambda self: self.run_row.phase in OPEN)
    @rule(who=people, helps=st.booleans())
    def help(self, who: str, helps: bool) -> None:
        self.do(runs.set_helper, self.leader, self.run_id, self.people[who].id, helps)

    @precondition(lambda self: self.run_row.phase in OPEN)
    @rule(who=people)
    def hand_over(self, who: str) -> None:
        self.do(leading.offer_lead, self.leader, self.run_id, self.people[who].id)
        self.do(leading.accept_lead, self.people[who], self.run_id)

    @precondition(lambda self: self.run_row.phase in (Phase.SHOPPING,))
    @rule(item=nth, number=steps, total=totals, payer=people)
    def buy(self, item: int, number: int, total: int, payer: str) -> None:
        if line := self.one_of(ListItem, item):
            amount = number * self.session.get_one(Product, line.product_id).step
            who = self.people[payer].id
            self.do(seeing.buy, self.leader, self.run_id, line.id, amount, total, payer_id=who)

    @precondition(lambda self: self.run_row.phase in GOODS_BOUGHT)
    @rule(purchase=nth, number=steps, total=totals, payer=people, how=st.sampled_from(("edit", "undo", "correct")))
    def mend(self, purchase: int, number: int, total: int, payer: str, how: str) -> None:
        row, who = self.one_of(Purchase, purchase), self.people[payer].id
        if row is None:
            return
        if how == "undo":
            self.do(seeing.undo_purchase, self.leader, self.run_id, row.id)
        elif how == "correct":
            self.do(seeing.correct_purchase, self.leader, self.run_id, row.id, row.quantity, total, payer_id=who)
        else:
            amount = number * 1000
            self.do(seeing.edit_purchase, self.leader, self.run_id, row.id, amount, total, payer_id=who)

    @precondition(lambda self: self.run_row.phase in (Phase.SHOPPING,))
    @rule(item=nth, who=people, product=products, number=steps, missing=st.booleans())
    def list_otherwise(self, item: int, who: str, product: str, number: int, missing: bool) -> None:
        if missing and (line := self.one_of(ListItem, item)):
            self.do(shopping.set_missing, self.leader, self.run_id, line.id, True)
        else:
            amount = number * self._step(product)
            of = self.run_id, self.products[product], self.people[who].id
            self.do(shopping.add_to_list, self.leader, *of, amount)

    @precondition(lambda self: self.run_row.phase in (Phase.CONFIRMED, Phase.ADJUSTING))
    @rule(who=people, product=products, number=st.integers(0, 12), by_leader=st.booleans())
    def adjust(self, who: str, product: str, number: int, by_leader: bool) -> None:
        amount = number * self._step(product)
        if by_leader:
            of = self.run_id, self.people[who].id, self.products[product]
            self.do(seeing.edit_bid_of, self.leader, *of, amount)
        else:
            self.do(seeing.adjust_bid, self.people[who], self.run_id, self.products[product], amount)

    @precondition(lambda self: self.run_row.phase in (Phase.DISTRIBUTING,))
    @rule(who=people, line=nth, all_of_it=st.booleans())
    def pick_up(self, who: str, line: int, all_of_it: bool) -> None:
        if all_of_it:
            self.do(pickup.pick_up_all, self.leader, self.run_id, self.people[who].id)
        elif found := self.one_of(Allocation, line):
            self.do(pickup.set_picked_up, self.leader, self.run_id, found.item_id, found.user_id, True)

    @precondition(lambda self: self.run_row.phase in GIVEN_OUT)
    @rule(who=people, item=nth, number=steps)
    def take_leftovers(self, who: str, item: int, number: int) -> None:
        line = self.one_of(ListItem, item)
        shares = run_shares(self.session, self.run_row).items.get(str(line.id) if line else "", NOTHING)
        if line is None or not shares.left_over:
            return
        known, self.owed = self.owed, None
        taken = min(shares.left_over, number * 500)
        self.do(leftovers.take_leftovers, self.people[who], self.run_id, line.id, taken, seen=shares.left_over)
        mine, after = str(self.people[who].id), self._owed()
        if known is not None:  # nobody else owes anything else
            assert {each: after.get(each) for each in known if each != mine} == {
                each: amount for each, amount in known.items() if each != mine
            }
            self.owed = after

    @rule(who=people, how=st.sampled_from(("leave", "remove", "join", "join", "delete")))
    def come_and_go(self, who: str, how: str) -> None:
        actor, ana = self.people[who], self.cast.ana
        token = self.session.get_one(Group, self.cast.group_id).invite_token
        if how == "leave":
            self.do(groups.leave_group, actor, self.cast.group_id)
        elif how == "remove":
            self.do(groups.remove_member, ana, self.cast.group_id, actor.id)
        elif how == "join":
            self.do(groups.join_group, actor, token)
        elif who == "mila":
            self.do(accounts_removal.remove_account, self.session.get_one(User, actor.id), actor)

    @rule(what=st.sampled_from(("twin>rice", "rice>twin", "bojan2>bojan", "bojan>bojan2", "mila>bojan")))
    def merge(self, what: str) -> None:
        duplicate, _, kept = what.partition(">")
        things = self.people if duplicate in self.people else self.products
        gone = things[duplicate]
        ids = [each.id if isinstance(each, Actor) else each for each in (gone, things[kept])]
        merge = merge_users if duplicate in self.people else merging.merge_products
        self.do(merge, self.cast.ada, *ids)
        table = User if duplicate in self.people else Product
        if self.session.get(table, ids[0]) is None and ids[0] != ids[1]:
            for name, thing in things.items():  # whoever signs in from now on does so with the kept one
                if thing == gone and name != kept:
                    things[name] = things[kept]  # type: ignore[assignment]
            if isinstance(gone, Actor):
                kept_name, gone_name = self.people[kept].username, gone.username
                self.balances[kept_name] = self.balances.pop(gone_name, 0) + self.balances.get(kept_name, 0)
                self.before[kept] = _sum(self.before[duplicate], self.before[kept])
                self._owe_together(str(ids[0]), str(ids[1]))

    def _owe_together(self, duplicate: str, kept: str) -> None:
        if self.owed is not None and duplicate in self.owed:
            self.owed[kept] = self.owed.pop(duplicate) + self.owed.get(kept, 0)

    # What always holds

    def _view(self) -> RunView | None:
        """The page of the run for somebody who may look at it."""
        member = self._member()
        return run_view(self.session, member, self.run_id) if member else None

    def _member(self) -> Actor | None:
        members = set(self.session.scalars(select(Membership.user_id).where(Membership.group_id == self.cast.group_id)))
        is_open = self.session.get_one(Group, self.cast.group_id, populate_existing=True).closed_at is None
        return next((who for who in self.people.values() if who.id in members), None) if is_open else None

    def _owed(self) -> dict[str, int]:
        view = self._view()
        return {each.user_id: each.part for each in view.people if each.part} if view else {}

    def _profile(self, who: Actor) -> dict[str, int]:
        return dict(profile(self.session, who, now=NOW).figures.spent)

    @invariant()
    def every_cent_is_in_every_file(self) -> None:
        view = self._view()
        if view is None:
            return
        paid = self._check_page(view)
        self._check_people(view, paid)
        if view.phase in FINAL:
            self._check_ledger(view, paid)
        self._check_balances(view)
        self._check_export(view, paid)
        if view.phase in GIVEN_OUT:
            self._check_statements(view, paid)
            self._check_profiles(view)

    def _check_balances(self, view: RunView) -> None:
        """Only a completed run changes balances, by what each paid minus what they owe."""
        known = Counter(balances(self.session, self.cast.group_id))
        known.subtract(self.balances)
        owed = {each.username: each.part for each in view.people}
        for line in view.products:
            for payer, part in line.shares.borne.items():
                name = next(each.username for each in view.people if each.user_id == payer)
                owed[name] += part.amount
        net = {each.username: each.spent - owed[each.username] for each in view.people}
        done = view.phase is Phase.COMPLETED
        changed = {name: amount for name, amount in known.items() if amount}
        assert changed == {name: amount for name, amount in net.items() if amount and done}

    def _check_page(self, view: RunView) -> int:
        paid = int(
            self.session.scalars(select(func.sum(Purchase.total)).where(Purchase.run_id == self.run_id)).one() or 0
        )
        for line in view.products:
            if line.bought:
                assert sum(line.shares.costs.values()) + line.shares.left_cost == line.paid
                assert sum(line.shares.got.values()) + line.shares.left_over == line.bought
        assert sum(line.paid for line in view.products) == paid
        assert sum(view.parts.people.values()) + view.parts.left_over == view.parts.total
        if view.phase not in (Phase.PLANNING, Phase.ACTIVE, Phase.CONFIRMED, Phase.SHOPPING):
            assert view.parts.total == paid
        assert sum(each.part for each in view.people) + view.parts.left_over == view.parts.total
        return paid

    def _check_people(self, view: RunView, paid: int) -> None:
        """Whoever leads, bids, paid, gets or bears something is there."""
        here = {each.user_id for each in view.people}
        named = {view.leader_id}
        for table, column in ((Bid, Bid.user_id), (Purchase, Purchase.payer_id), (Allocation, Allocation.user_id)):
            named |= {str(who) for who in self.session.scalars(select(column).where(table.run_id == self.run_id))}
        named |= {payer for line in view.products for payer in line.shares.borne}
        assert named <= here
        assert sum(each.spent for each in view.people) == paid

    def _check_ledger(self, view: RunView, paid: int) -> None:
        lines = select(func.sum(StatementLine.amount)).where(col(StatementLine.run_id) == self.run_id)
        assert int(self.session.scalars(lines).one() or 0) == paid
        if self.owed is None:
            self.owed = self._owed()
        assert self._owed() == self.owed

    def _check_export(self, view: RunView, paid: int) -> None:
        here = {each.user_id for each in view.people}
        who = next((who for who in self.people.values() if str(who.id) in here & view.members.keys()), None)
        if who is None:
            return
        export = run_export(self.session, who, self.run_id)
        assert {each.user_id: (each.total, each.paid) for each in export.people} == {
            each.user_id: (each.part, each.spent) for each in view.people
        }
        assert (export.total, export.left_cost, export.paid) == (view.parts.total, view.parts.left_over, paid)
        costs: Counter[str] = Counter()
        for goods in export.goods:
            assert sum(goods.borne.values()) == goods.left_cost
            for portion in goods.portions:
                costs[portion.user_id] += portion.cost or 0
        assert +costs == +Counter({each.user_id: each.total for each in export.people})
        found = json.loads(as_json(export, What.EVERYTHING, "en", NOW))
        assert sum(each["total"] for each in found["statements"]) + found["totals"]["left_over"] == export.total
        lines = [line for each in found["statements"] for line in each["lines"]]
        assert sum(line["cost"] or 0 for line in lines) + sum(x["cost"] for x in found["left_over"]) == export.total

        self._keep_for_browsers(export)

    def _keep_for_browsers(self, export: RunExport) -> None:
        """The page's facts, as they go to browsers, and the figures of the file that it has to show."""
        who = next(each for each in self.people.values() if str(each.id) == export.viewer_id)
        facts = json.loads(to_json(run_facts(self.session, who, self.run_id)))
        picking = None
        if export.phase in GIVEN_OUT:
            picking = json.loads(to_json(pick_up(self.session, who, self.run_id)))
        adjusting = export.phase is Phase.ADJUSTING  # bids change; the file says what they were
        figures: dict[str, Any] = {
            "rows": {
                each.product_id: [None if adjusting else each.wanted, each.bought, each.cost or 0]
                for each in export.goods
            },
            "total": export.total,
            "paid": export.paid,
            "mine": next(each.total for each in export.people if each.user_id == export.viewer_id),
            "estimated": export.basis is Basis.EXPECTED or any(each.became is Became.TO_BUY for each in export.goods),
            "people": None,
        }
        if picking:
            takers = people_of(export, What.STATEMENTS)
            figures["people"] = {
                each.user_id: [each.total, sum(parts_of(goods, [each])[0] for goods in export.goods)] for each in takers
            }
        self.shown.append(([facts, picking, export.viewer_id], figures))

    def _check_statements(self, view: RunView, paid: int) -> None:
        member = self._member()
        assert member
        statements = pick_up(self.session, member, self.run_id)
        owed = {each.id: each.total for each in statements.people.values() if each.total}
        assert owed == {each.user_id: each.part for each in view.people if each.part}
        assert sum(owed.values()) + sum(line.cost for line in statements.left_over.values()) == statements.total == paid
        assert all(sum(each.cost for each in line.borne_by) == line.cost for line in statements.left_over.values())

    def _check_profiles(self, view: RunView) -> None:
        for name, who in self.people.items():
            if self.session.get_one(User, who.id).deleted_at is None and len(self._names_of(who)) == 1:
                mine = next((each.part for each in view.people if each.user_id == str(who.id)), 0)
                assert _sum(self._profile(who), {}) == _sum(self.before[name], {"EUR": mine})

    def _names_of(self, who: Actor) -> list[str]:
        return [name for name, each in self.people.items() if each == who]


def _sum(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return dict(Counter(one) + Counter(other))


def test_every_cent_and_everybody_stays_in_a_run_whatever_is_done(built: tuple[Engine, World]) -> None:
    Money.engine, Money.world, Money.shown = *built, []
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=20,
            stateful_step_count=12,
            suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        ),
    )
    _check_browsers(Money.shown)


# What the run page shows: its rows, the card of progress, one's own part, the statements and the packing table.
DERIVED = """
  const rows = await assets("run/rows.js"); const handing = await assets("run/handing_out.js");
  const serving = { find: "", folds: {}, waiting: null };
  const sum = (numbers) => numbers.reduce((one, other) => one + other, 0);
  return (run, picking, me) => {
    const shown = rows.rowsOf(run.products, run.people, run.phase, me, "");
    const people = picking && handing.statements(picking.people, me, serving, false);
    const packed = picking && handing.products(picking.people, me, serving, false, true);
    const parts = packed?.flatMap((row) => row.takers);
    const packedFor = (id) => sum(parts.filter((taker) => taker.id === id).map((taker) => taker.got));
    const wanted = (row) => (run.phase === "adjusting" ? null : row.wanted);
    return {
      rows: Object.fromEntries(shown.map((row) => [row.id, [wanted(row), row.bought, row.cost ?? 0]])),
      total: sum(shown.map((row) => row.cost ?? 0)),
      said: run.total,
      paid: rows.paidFor(run.products),
      mine: rows.sumOf(run.parts, run.people, me),
      estimated: rows.sumsAre(run.phase, run.products) === "estimated",
      people: people && Object.fromEntries(people.map((each) => [each.id, [each.total, packedFor(each.id)]])),
      lines: people && people.every((each) => each.total === sum(each.lines.map((line) => line.cost))),
    };
  };
"""


def _check_browsers(shown: list[tuple[list[Any], dict[str, Any]]]) -> None:
    assert shown
    found = for_each(DERIVED, [facts for facts, _ in shown])
    for (_, figures), derived in zip(shown, found, strict=True):
        assert derived.pop("said") == derived["total"]
        assert derived.pop("lines") in (None, True)
        assert derived == figures
