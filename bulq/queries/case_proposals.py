"""What the leader may choose for cases that the bids leave open, with the effect on each person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.errors import NotFound
from bulq.domain.open_cases import Cases, cases_of, filled, unopened
from bulq.domain.phases import FairRule, Phase, Unit
from bulq.domain.prices import content_in
from bulq.domain.searching import content_beside
from bulq.models import Bid, CaseChoice, CaseShare, Product, User
from bulq.queries.access import RunAccess, run_for
from bulq.queries.newest import offers_at
from bulq.queries.runs import bids_of
from bulq.queries.shares import raises_of


@dataclass(frozen=True, slots=True)
class CasePerson:
    """Thousandths before and after; `cost` is what they pay more, in minor units, None when nobody knows."""

    id: str
    name: str
    before: int
    after: int
    cost: int | None


@dataclass(frozen=True, slots=True)
class CaseEffect:
    """Whose bids change and how. `effect` names exactly this, so that it is what is done."""

    effect: str
    people: tuple[CasePerson, ...]


@dataclass(frozen=True, slots=True)
class CaseProposal:
    """A product with a case that its bids leave open: thousandths.

    `full` cases are bought anyway. To fill the next one the leader takes the `missing` pieces; else so many of the
    wanted ones go `unserved`.
    """

    id: str
    name: str
    content: tuple[int, Unit] | None
    unit: Unit
    size: int
    wanted: int
    full: int
    missing: int
    unserved: int
    fill: CaseEffect
    leave: CaseEffect


@dataclass(frozen=True, slots=True)
class CaseProposals:
    id: str
    group_id: str
    currency: str
    items: Mapping[str, CaseProposal]


def case_proposals(session: Session, viewer: Actor, run_id: UUID) -> CaseProposals:
    """For the leader of a confirmed run; to everybody else it is as if it wasn't there."""
    access = run_for(session, viewer, run_id)
    if not access.leads or access.run.phase is not Phase.CONFIRMED:
        raise NotFound()
    items = {proposal.id: proposal for proposal in proposals_of(session, access)}
    return CaseProposals(str(run_id), str(access.group.id), access.group.currency, items)


def proposals_of(session: Session, access: RunAccess) -> list[CaseProposal]:
    """Every product of the run with an open case, by name. Six queries whatever the size of the run."""
    run = access.run
    in_run = select(col(Bid.product_id)).where(col(Bid.run_id) == run.id)
    offers = offers_at(session, run.store_id, access.group.currency, in_run, [run.group_id])
    packed = [product_id for product_id, found in offers.items() if any(offer.pack for offer in found)]
    if not packed:
        return []
    bids = bids_of(session, run.id, packed)
    query = select(Product).where(col(Product.id).in_(packed)).order_by(col(Product.name_key), col(Product.id))
    raises = raises_of(session, access) if access.group.fair_rule is FairRule.FIRST_COME else {}
    names, so_far = _names(session, access), _so_far(session, run.id)
    proposals: list[CaseProposal] = []
    for product in session.execute(query).scalars():
        lines = {bid.user_id: bid for bid in bids.get(str(product.id), ())}
        found = cases_of(offers[product.id], lines, product.step)
        if found is not None and found.is_open:
            line_id = f"{run.id}/{product.id}"
            after = filled(found, so_far, str(run.leader_id), line_id)
            less = unopened(found, access.group.fair_rule, raises.get(product.id, ()), line_id)
            proposals.append(_proposal(product, found, _effect(found, after, names), _effect(found, less, names)))
    return proposals


def _proposal(product: Product, found: Cases, fill: CaseEffect, leave: CaseEffect) -> CaseProposal:
    return CaseProposal(
        id=str(product.id),
        name=product.name,
        content=content_in(content_beside(product.name, product.content_key)),
        unit=product.unit,
        size=found.size,
        wanted=found.wanted,
        full=found.wanted // found.size,
        missing=found.missing,
        unserved=found.wanted % found.size,
        fill=fill,
        leave=leave,
    )


def _effect(found: Cases, after: Mapping[str, int], names: Mapping[str, str]) -> CaseEffect:
    """Only of those for whom anything changes, by name."""
    changed = {who: (found.bids.get(who, 0), now) for who, now in after.items() if now != found.bids.get(who, 0)}
    lines = (f"{who} {before} {now}" for who, (before, now) in sorted(changed.items()))
    said = [f"{found.size} {found.wanted}", *lines]
    people = [
        CasePerson(who, names.get(who, ""), before, now, _cost(found, now - before))
        for who, (before, now) in changed.items()
    ]
    people.sort(key=lambda person: (person.name, person.id))
    return CaseEffect(sha256("\n".join(said).encode()).hexdigest(), tuple(people))


def _cost(found: Cases, more: int) -> int | None:
    """What so much more costs; less is paid where less is got."""
    if found.price is None:
        return None
    return found.price.cost(more) if more >= 0 else -found.price.cost(-more)


def _names(session: Session, access: RunAccess) -> dict[str, str]:
    bidders = select(col(Bid.user_id)).where(col(Bid.run_id) == access.run.id)
    query = select(col(User.id), col(User.name)).where(
        col(User.id).in_(bidders) | (col(User.id) == access.run.leader_id)
    )
    return {str(user_id): name for user_id, name in session.execute(query)}


def _so_far(session: Session, run_id: UUID) -> dict[str, int]:
    """What the extra pieces cost that people took by earlier choices in the run."""
    query = (
        select(col(CaseShare.user_id), func.sum(col(CaseShare.value)))
        .join(CaseChoice, col(CaseChoice.id) == col(CaseShare.choice_id))
        .where(col(CaseChoice.run_id) == run_id, col(CaseShare.value) > 0)
        .group_by(col(CaseShare.user_id))
    )
    return {str(user_id): int(value or 0) for user_id, value in session.execute(query)}
