"""Cases that the bids leave open: the leader has one filled by those who take more, or leaves it closed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session
from sqlmodel import col, select

from bulq import changes
from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict, NotFound
from bulq.domain.phases import Phase
from bulq.domain.quantities import MAX_QUANTITY, check_quantity
from bulq.domain.texts import clean_text
from bulq.models import Bid, CaseChoice, CaseShare, Product, Run
from bulq.queries.access import RunAccess, run_for
from bulq.queries.case_proposals import CaseEffect, CasePerson, CaseProposal, proposals_of
from bulq.services.audit import record_run
from bulq.services.notices import tell
from bulq.services.participants import forget_idle
from bulq.services.raises import bid_of, change_quantity


def settle_case(
    session: Session,
    actor: Actor,
    run_id: UUID,
    product_id: UUID,
    fill: bool,
    *,
    effect: str,
    reason: str = "",
    now: datetime,
) -> None:
    """Fill the case of a product that its bids leave open, or leave it closed, in a confirmed run.

    To fill it those take more who said so, and the leader takes what is missing then. To leave it, the full cases are
    shared by the group's rule. `effect` names the effect per person that the leader was shown. When it is another by
    now, it is refused.
    """
    access = run_for(session, actor, run_id, lock=True)
    access.need_leader()
    access.need_phase(Phase.CONFIRMED)
    reason = clean_text(reason, field="reason", maximum=500, multiline=True)
    proposal = _proposal(session, access, product_id)
    chosen = proposal.fill if fill else proposal.leave
    if chosen.effect != effect:
        raise Conflict("case_changed")
    changes.note(session, changes.run(run_id))
    _keep(session, access, proposal, chosen, fill=fill, reason=reason, now=now)
    for person in chosen.people:
        _change(session, access, product_id, person, now)
    _tell(session, access, proposal, chosen, fill=fill, reason=reason, now=now)


def _proposal(session: Session, access: RunAccess, product_id: UUID) -> CaseProposal:
    if session.get(Product, product_id) is None:
        raise NotFound()
    found = next((each for each in proposals_of(session, access) if each.id == str(product_id)), None)
    if found is None:
        raise Conflict("case_changed")
    return found


def _keep(
    session: Session,
    access: RunAccess,
    proposal: CaseProposal,
    chosen: CaseEffect,
    *,
    fill: bool,
    reason: str,
    now: datetime,
) -> None:
    choice = CaseChoice(
        run_id=access.run.id,
        product_id=UUID(proposal.id),
        size=proposal.size,
        wanted=proposal.wanted,
        filled=fill,
        reason=reason,
        decided_by=access.actor.id,
        decided_at=now,
    )
    session.add(choice)
    session.flush()
    session.add_all(
        CaseShare(
            choice_id=choice.id,
            user_id=UUID(each.id),
            before=each.before,
            after=each.after,
            value=max(0, each.cost or 0),
        )
        for each in chosen.people
    )


def _change(session: Session, access: RunAccess, product_id: UUID, person: CasePerson, now: datetime) -> None:
    """Give the bid its new quantity. Who gets nothing of it any more is interested only."""
    run, user_id = access.run, UUID(person.id)
    bid = bid_of(session, run.id, user_id, product_id)
    if bid is None:  # the leader, who takes what is missing
        bid = Bid(run_id=run.id, user_id=user_id, product_id=product_id, created_at=now, updated_at=now)
        session.add(bid)
        session.flush()
    if person.after:
        check_quantity(person.after, session.get_one(Product, product_id).step, maximum=MAX_QUANTITY)
    change_quantity(session, bid, person.after or None, now=now)
    if bid.up_to_cap is not None:
        bid.up_to_cap = max(0, bid.up_to_cap - max(0, person.cost or 0))
    if user_id != access.actor.id:
        bid.edited_by, bid.edited_from = access.actor.id, person.before


def _tell(
    session: Session,
    access: RunAccess,
    proposal: CaseProposal,
    chosen: CaseEffect,
    *,
    fill: bool,
    reason: str,
    now: datetime,
) -> None:
    """Each person hears what they get now. The record says what all of them together get."""
    run, actor = access.run, access.actor
    what = ("case_filled" if fill else "case_left") + ("_because" if reason else "")
    about: dict[str, Any] = {"product": proposal.name, "unit": str(proposal.unit)}
    if reason:
        about["reason"] = reason
    for person in chosen.people:
        if (user_id := UUID(person.id)) != actor.id:
            mine: dict[str, Any] = about | {"before": person.before, "after": person.after}
            tell(session, [user_id], what, now=now, run=run, by=actor, **mine)
    after = proposal.wanted + sum(person.after - person.before for person in chosen.people)
    record_run(session, actor, what, run, now=now, **about, before=proposal.wanted, after=after)


def undo_choices(session: Session, run: Run, *, now: datetime) -> None:
    """Give every bid back what choices for open cases added to it or took from it. The run must be locked."""
    query = (
        select(CaseShare, CaseChoice)
        .join(CaseChoice, col(CaseChoice.id) == col(CaseShare.choice_id))
        .where(CaseChoice.run_id == run.id)
        .order_by(col(CaseShare.id).desc())
    )
    for share, choice in session.execute(query).all():
        bid = bid_of(session, run.id, share.user_id, choice.product_id)
        if bid is None:
            continue
        if share.before == 0 and bid.created_at == choice.decided_at:  # it was made to fill the case
            session.delete(bid)
            session.flush()
            forget_idle(session, run, share.user_id)
        else:
            _undo(session, bid, share, now)
    for choice in session.scalars(select(CaseChoice).where(CaseChoice.run_id == run.id)):
        session.delete(choice)
    session.flush()


def _undo(session: Session, bid: Bid, share: CaseShare, now: datetime) -> None:
    before = max(0, (bid.quantity or 0) - share.after + share.before)
    change_quantity(session, bid, before or None, now=now)
    if bid.up_to_cap is not None:
        bid.up_to_cap += share.value
    session.add(bid)
