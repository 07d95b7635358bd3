"""What the sheet at the shelf begins with."""

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from bulq.domain.errors import NotFound
from bulq.domain.phases import Phase, Unit
from bulq.domain.prices import ONE, Offer, Price, best_offer, paid_price, typed_per
from bulq.domain.quantities import MAX_QUANTITY
from bulq.i18n import exponent, number, price, price_quantity, quantity, text
from bulq.queries.shopping import ItemLine, PurchaseLine, ShoppingView
from bulq.services.shopping import SeenPurchase

UNKNOWN = -1


@dataclass(frozen=True)
class Seen:
    """A price somebody saw here."""

    price: str
    at: str  # ISO 8601


@dataclass(frozen=True)
class Form:
    """The fields: thousandths and minor units, UNKNOWN where they are to be empty. No payer is whoever taps.

    `price` is for `per` thousandths, which `per_text` says in words.
    """

    quantity: int = UNKNOWN
    price: int = UNKNOWN
    per: int = ONE
    per_text: str = ""
    total: int = UNKNOWN
    decimals: int = 2
    payer: str = ""
    payer_name: str = ""


@dataclass(frozen=True)
class Sheet:
    """The product it is about and how things stood when it was opened; `purchase_id` is empty while buying.

    `line` is the purchase that is changed. `mending` is that after shopping, when its quantity has to stay.
    """

    item_id: str
    product_id: str
    purchase_id: str
    name: str
    title: str
    unit: Unit
    step: int
    bought: int
    bought_text: str
    currency: str
    form: Form
    line: SeenPurchase | None = None
    mending: bool = False
    prices: list[Seen] = field(default_factory=list)


def sheet_for_more(view: ShoppingView, item_id: str) -> Sheet:
    """Buying what is still wanted, at what was paid or seen last. Whoever taps pays, until they choose another."""
    item = _item(view, item_id)
    left = item.wanted - item.bought
    form = Form(
        quantity=min(left, MAX_QUANTITY) if left > 0 else UNKNOWN,
        **_typed_price(_price_now(view, item), item.unit),
        decimals=exponent(view.currency),
    )
    return _sheet(view, item, None, form)


def sheet_to_put_back(view: ShoppingView, item_id: str, line: SeenPurchase, bought: int) -> Sheet:
    """Buying once more what was undone, by somebody who saw so much (thousandths) of it bought without that."""
    sheet = sheet_for_more(view, item_id)
    form = Form(
        quantity=line.quantity,
        **_typed_price(paid_price(line.total, line.quantity, sheet.unit), sheet.unit),
        total=line.total,
        decimals=exponent(view.currency),
        payer=str(line.payer_id),
    )
    shown = quantity(bought, sheet.unit) if bought else ""
    return replace(sheet, form=form, bought=bought, bought_text=shown)


def sheet_for_line(view: ShoppingView, purchase_id: str) -> Sheet:
    """Mending a line as it stands; who paid may have left the group since."""
    line = next((line for line in view.purchases if line.purchase_id == purchase_id), None)
    if line is None:
        raise NotFound()
    item = _item(view, line.item_id)
    form = Form(
        quantity=line.quantity,
        **_typed_price(paid_price(line.total, line.quantity, item.unit), item.unit),
        total=line.total,
        decimals=exponent(view.currency),
        payer=line.payer_id,
        payer_name=line.payer,
    )
    return _sheet(view, item, line, form)


def _item(view: ShoppingView, item_id: str) -> ItemLine:
    item = next((item for item in view.items if item.item_id == item_id), None)
    if item is None:
        raise NotFound()
    return item


def _price_now(view: ShoppingView, item: ItemLine) -> Price | None:
    """What was paid for it last, else the cheapest offer whose minimum is wanted."""
    paid = next((line for line in reversed(view.purchases) if line.item_id == item.item_id), None)
    if paid is not None:
        return paid_price(paid.total, paid.quantity, item.unit)
    offer = best_offer(item.offers, item.wanted)
    return offer.price if offer else None


def _typed_price(price: Price | None, unit: Unit) -> dict[str, Any]:
    """The fields of a form that are about the price."""
    per = typed_per(price, unit)
    return {"price": price.cost(per) if price else UNKNOWN, "per": per, "per_text": price_quantity(per, unit)}


def _sheet(view: ShoppingView, item: ItemLine, line: PurchaseLine | None, form: Form) -> Sheet:
    return Sheet(
        item_id=item.item_id,
        product_id=item.product_id,
        purchase_id=line.purchase_id if line else "",
        name=item.name,
        title=_title(item, line is not None),
        unit=item.unit,
        step=item.step,
        bought=item.bought,
        bought_text=quantity(item.bought, item.unit) if item.bought else "",
        currency=view.currency,
        form=form,
        line=SeenPurchase(line.quantity, line.total, UUID(line.payer_id)) if line else None,
        mending=line is not None and view.phase is not Phase.SHOPPING,
        prices=[
            Seen(price(Offer(seen.price, seen.minimum), item.unit, view.currency), seen.seen_at.isoformat())
            for seen in item.prices
        ],
    )


def _title(item: ItemLine, editing: bool) -> str:
    wanted = quantity(item.wanted, item.unit)
    left = item.wanted - item.bought
    if editing or not item.bought or left <= 0:
        return text("shopping.sheet", product=item.name, wanted=wanted)
    return text("shopping.sheet_more", product=item.name, left=number(left), wanted=wanted)
