"""Every table of Bulq."""

from bulq.models.accounts import PasswordReset, User, UserSession
from bulq.models.administration import AuditEntry, ServerSetting
from bulq.models.attachments import Attachment
from bulq.models.catalogue import OrdinaryPrice, PriceObservation, Product, ProductAlias, ProductTag, Store, Tag
from bulq.models.goods import Allocation, LeftoverTaking, ListItem, Purchase, StatementLine
from bulq.models.goodwill import Favour, Shortage
from bulq.models.groups import Group, Membership
from bulq.models.households import HouseholdMember
from bulq.models.imports import (
    CatalogueImport,
    GoneProduct,
    StagedLabel,
    StagedMark,
    StagedName,
    StagedPrice,
    StagedProduct,
    StoreList,
)
from bulq.models.ledger import Balance, LedgerEntry, Posting
from bulq.models.notices import Notification
from bulq.models.operations import Backup, Incident, JobRun, Operation
from bulq.models.payments import Payment, Plan
from bulq.models.payouts import Payout
from bulq.models.receipts import Cost, CostShare, Receipt, ReceiptPayer
from bulq.models.runs import Bid, BidRaise, CaseChoice, CaseShare, Participant, PhaseEntry, Run
from bulq.models.searching import SearchTerm, SearchWord
from bulq.models.spoilage import Spoilage
from bulq.models.stand_ins import StandIn

__all__ = [
    "Allocation",
    "Attachment",
    "AuditEntry",
    "Backup",
    "Balance",
    "Bid",
    "BidRaise",
    "CaseChoice",
    "CaseShare",
    "CatalogueImport",
    "Cost",
    "CostShare",
    "Favour",
    "GoneProduct",
    "Group",
    "HouseholdMember",
    "Incident",
    "JobRun",
    "LedgerEntry",
    "LeftoverTaking",
    "ListItem",
    "Membership",
    "Notification",
    "Operation",
    "OrdinaryPrice",
    "Participant",
    "PasswordReset",
    "Payment",
    "Payout",
    "PhaseEntry",
    "Plan",
    "Posting",
    "PriceObservation",
    "Product",
    "ProductAlias",
    "ProductTag",
    "Purchase",
    "Receipt",
    "ReceiptPayer",
    "Run",
    "SearchTerm",
    "SearchWord",
    "ServerSetting",
    "Shortage",
    "Spoilage",
    "StagedLabel",
    "StagedMark",
    "StagedName",
    "StagedPrice",
    "StagedProduct",
    "StandIn",
    "StatementLine",
    "Store",
    "StoreList",
    "Tag",
    "User",
    "UserSession",
]
