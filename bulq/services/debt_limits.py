"""How far a group lets its members go below zero: bids beyond that are refused."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq.domain.actor import Actor
from bulq.domain.errors import Conflict
from bulq.models import Group, Run, User
from bulq.queries.expected import expected_balance


def check_debt(session: Session, run: Run, actor: Actor) -> None:
    """Refuse what takes the actor further below zero than the group of the run allows, saying by how much.

    The bid is written already. The account's lock keeps two bids of one person in two runs from passing together:
    whoever waited for it sees the other bid.
    """
    session.flush()
    session.execute(select(col(User.id)).where(col(User.id) == actor.id).with_for_update(key_share=True))
    group = session.get_one(Group, run.group_id)
    if group.debt_limit is None:
        return
    beyond = -expected_balance(session, actor, group) - group.debt_limit
    if beyond > 0:
        raise Conflict("debt_limit", amount=beyond, currency=group.currency, group=group.name)
