"""Every table of Bulq."""

from bulq.models.accounts import User, UserSession
from bulq.models.catalogue import PriceObservation, Product, Store
from bulq.models.goods import Allocation, ListItem, Purchase
from bulq.models.groups import Group, Membership
from bulq.models.notices import Notification
from bulq.models.operations import Backup, Incident, JobRun
from bulq.models.runs import Bid, BidRaise, Participant, PhaseEntry, Run

__all__ = [
    "Allocation",
    "Backup",
    "Bid",
    "BidRaise",
    "Group",
    "Incident",
    "JobRun",
    "ListItem",
    "Membership",
    "Notification",
    "Participant",
    "PhaseEntry",
    "PriceObservation",
    "Product",
    "Purchase",
    "Run",
    "Store",
    "User",
    "UserSession",
]
