"""What the demo tells: people, circles, shops, goods, and a run in each phase."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bulq.domain.phases import FairRule, Phase

Wishes = Mapping[str, str]  # product → quantity as typed


@dataclass(frozen=True, slots=True)
class Circle:
    """The first member makes the group."""

    name: str
    currency: str
    time_zone: str
    rule: FairRule
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Goods:
    name: str
    brand: str
    unit: str
    step: int  # thousandths


@dataclass(frozen=True, slots=True)
class Trip:
    """A run on its way to `phase`. `prices` are what its leader saw; `bought` has quantity and total of each line."""

    circle: str
    store: str
    leader: str
    phase: Phase
    days_ago: float
    note: str
    prices: Mapping[str, str]
    bids: Mapping[str, Wishes]
    interested: tuple[tuple[str, str], ...] = ()
    notes: Mapping[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    helpers: tuple[str, ...] = ()
    ready: tuple[str, ...] = ()
    bought: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    missing: tuple[str, ...] = ()
    picked_up: tuple[str, ...] = ()
    reason: str = ""


PEOPLE = {
    "ana": "Ana Petrović",
    "bojan": "Bojan Ilić",
    "mila": "Mila Đorđević",
    "nikola": "Никола Јовановић",
    "jelena": "Јелена Марковић",
    "ivana": "Ивана Костић",
    "eva": "Eva Gruber",
    "tomas": "Tomás Silva",
    "vera": "Vera Lukić",
}
ADMIN = "vera"  # looks after the server

# Where some of them want to be paid, as (kind, account). The numbers are those of examples and belong to nobody.
PAYOUTS = {
    "ana": (("serbian", "165-55-74"), ("revolut", "anapetrovic")),
    "nikola": (("serbian", "310-1234567891211-86"),),
    "eva": (("iban", "AT61 1904 3002 3457 3201"),),
}

CIRCLES = (
    Circle(
        "Liman neighbours",
        "RSD",
        "Europe/Belgrade",
        FairRule.PROPORTIONAL,
        ("ana", "bojan", "mila", "nikola", "jelena", "ivana"),
    ),
    Circle(
        "Задруга Дунав",
        "RSD",
        "Europe/Belgrade",
        FairRule.EQUAL_FIRST,
        ("nikola", "jelena", "ivana", "ana", "mila"),
    ),
    Circle("Office kitchen", "EUR", "Europe/Vienna", FairRule.FIRST_COME, ("eva", "tomas", "ana", "bojan")),
)

GOODS = {
    "rice": Goods("Basmati rice 5 kg", "Daawat", "bag", 1000),
    "oil": Goods("Sunflower oil 5 l", "Dijamant", "can", 1000),
    "milk": Goods("Milk 2.8 %, 12 × 1 l", "Imlek", "case", 1000),
    "coffee": Goods("Ground coffee 500 g", "Grand", "pack", 1000),
    "paper": Goods("Toilet paper, 24 rolls", "Perfex", "pack", 1000),
    "tomatoes": Goods("Tomatoes", "", "kg", 500),
    "apples": Goods("Јабука ајдаред", "", "kg", 1000),
    "honey": Goods("Багремов мед", "Пчеларство Ковачевић", "jar", 1000),
    "flour": Goods("Брашно Т-500, 25 kg", "Fidelinka", "bag", 1000),
    "cheese": Goods("Сјенички сир", "", "kg", 250),
    "beans": Goods("Coffee beans 1 kg", "Lavazza", "pack", 1000),
    "oat": Goods("Oat drink, 6 × 1 l", "Oatly", "case", 1000),
    "tablets": Goods("Dishwasher tablets, 100", "Finish", "box", 1000),
    "almonds": Goods("Almonds, unsalted", "", "kg", 250),
    "water": Goods("Sparkling water, 24 × 0.5 l", "Römerquelle", "case", 1000),
}

TRIPS = (
    Trip(
        "Liman neighbours",
        "Metro Novi Sad",
        "ana",
        Phase.COMPLETED,
        96,
        "Stocking up for autumn. I have the big car.",
        {"rice": "1799.00", "oil": "869.00", "paper": "849.99"},
        {"ana": {"rice": "2", "paper": "2"}, "bojan": {"rice": "1", "oil": "2"}, "mila": {"oil": "1", "paper": "1"}},
        helpers=("bojan",),
        ready=("bojan", "mila"),
        bought={"rice": ("3", "5397.00"), "oil": ("3", "2607.00"), "paper": ("3", "2549.97")},
    ),
    Trip(
        "Задруга Дунав",
        "Рибља пијаца",
        "jelena",
        Phase.COMPLETED,
        64,
        "Идем у суботу рано, пре гужве.",
        {"apples": "110.00", "honey": "950.00", "cheese": "1150.00"},
        {
            "jelena": {"apples": "5", "honey": "1"},
            "nikola": {"apples": "10", "cheese": "0.75"},
            "ivana": {"honey": "2", "cheese": "0.5"},
            "ana": {"apples": "5"},
        },
        bought={"apples": ("17", "1870.00"), "honey": ("3", "2790.00"), "cheese": ("1.25", "1437.50")},
    ),
    Trip(
        "Office kitchen",
        "Spar Wien Mitte",
        "eva",
        Phase.CANCELLED,
        38,
        "Water for the summer party.",
        {"water": "9.60"},
        {"tomas": {"water": "3"}, "bojan": {"water": "2"}},
        reason="The party moved indoors and the caterer brings the drinks.",
    ),
    Trip(
        "Задруга Дунав",
        "Рибља пијаца",
        "nikola",
        Phase.DISTRIBUTING,
        6,
        "Подела код мене у гаражи, до недеље.",
        {"flour": "1375.00", "honey": "980.00", "cheese": "1180.00"},
        {
            "nikola": {"flour": "1", "cheese": "0.5"},
            "jelena": {"flour": "2", "honey": "2"},
            "ivana": {"honey": "2", "cheese": "0.75"},
            "ana": {"honey": "3", "flour": "1"},
            "mila": {"honey": "1"},
        },
        helpers=("jelena",),
        ready=("jelena", "ivana", "ana", "mila"),
        bought={"flour": ("4", "5500.00"), "honey": ("6", "5880.00"), "cheese": ("1.25", "1475.00")},
        picked_up=("nikola", "jelena"),
    ),
    Trip(
        "Office kitchen",
        "Metro Wien",
        "tomas",
        Phase.ADJUSTING,
        4,
        "Lift to the third floor needed, the cases are heavy.",
        {"beans": "15.99", "oat": "11.94", "tablets": "13.49", "almonds": "14.90"},
        {
            "tomas": {"beans": "2", "almonds": "0.5"},
            "eva": {"beans": "3", "oat": "2"},
            "ana": {"oat": "1", "almonds": "0.75"},
            "bojan": {"beans": "2", "oat": "2", "tablets": "1"},
        },
        interested=(("ana", "tablets"),),
        notes={("eva", "oat"): "The barista one, please."},
        ready=("eva", "ana", "bojan"),
        # Too few packs of coffee, one case too many, no tablets.
        bought={"beans": ("5", "79.95"), "oat": ("6", "71.64"), "almonds": ("1.25", "18.63")},
        missing=("tablets",),
    ),
    Trip(
        "Liman neighbours",
        "Lidl Bulevar",
        "bojan",
        Phase.SHOPPING,
        2,
        "In the shop right now, write if something else comes to mind.",
        {"milk": "1548.00", "coffee": "689.99", "tomatoes": "219.00", "paper": "899.00"},
        {
            "bojan": {"milk": "1", "tomatoes": "2"},
            "ana": {"milk": "1", "coffee": "2"},
            "mila": {"coffee": "1", "tomatoes": "1.5", "paper": "1"},
            "ivana": {"milk": "2", "paper": "1"},
        },
        notes={("mila", "tomatoes"): "Firm ones, for salad."},
        helpers=("mila",),
        ready=("ana", "ivana"),
        bought={"milk": ("3", "4644.00"), "coffee": ("3", "2069.97")},
        missing=("paper",),
    ),
    Trip(
        "Задруга Дунав",
        "Metro Novi Sad",
        "ivana",
        Phase.CONFIRMED,
        2.5,
        "Крећем у петак после посла.",
        {"oil": "899.00", "rice": "1890.00", "milk": "1536.00"},
        {
            "ivana": {"oil": "2", "milk": "1"},
            "nikola": {"rice": "1", "oil": "1"},
            "jelena": {"rice": "2", "milk": "2"},
        },
        notes={("jelena", "rice"): "Ако нема Daawat, може и други."},
        ready=("nikola", "jelena"),
    ),
    Trip(
        "Liman neighbours",
        "Metro Novi Sad",
        "ana",
        Phase.ACTIVE,
        1.5,
        "I go on Saturday morning. There is room for about 200 kg.",
        {"rice": "1890.00", "oil": "899.00", "coffee": "699.99", "paper": "899.00", "tomatoes": "229.00"},
        {
            "ana": {"rice": "1", "oil": "2", "tomatoes": "3"},
            "bojan": {"rice": "2", "coffee": "4"},
            "mila": {"oil": "1", "paper": "2", "tomatoes": "2.5"},
            "jelena": {"rice": "1", "coffee": "2", "paper": "1"},
        },
        interested=(("nikola", "paper"), ("mila", "rice")),
        notes={("bojan", "coffee"): "The dark one if they have it.", ("jelena", "paper"): "Трослојни, ако има."},
        helpers=("bojan",),
        ready=("bojan", "jelena"),
    ),
    Trip(
        "Office kitchen",
        "Metro Wien",
        "eva",
        Phase.PLANNING,
        0.2,
        "Kitchen supplies for December. What are we out of?",
        {"beans": "16.49", "water": "9.60", "tablets": "13.99"},
        {"eva": {"beans": "2"}},
        interested=(("eva", "water"),),
    ),
)
