"""Units by their common names, and packs as lists write them: "500 g", "10er", "454G X 12", "case of 6"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bulq.domain.lists.words import fold, latin
from bulq.domain.phases import Unit
from bulq.domain.prices import MAX_CONTENT

# English, German, Serbian (both scripts), Russian, French, Spanish, Italian, Polish, Czech; some of their neighbours.
NAMES: dict[Unit, str] = {
    Unit.PIECE: (
        "piece pieces pc pcs pce pces ea each item items unit units single st stk stck stuck stucke stueck stueke kom "
        "komad komada komadi ком комад шт штука штук piece pieces pce pza pz pezzo pezzi ud uds und unid unidad "
        "unidades "
        "u un szt sztuka sztuki sztuk ks kus kusu kusy kos db adet buc бр бройка "
        "bunch bunches bund bd bunde bundel bundchen veza veze svezanj snop vez buket веза пучок пуч botte manojo "
        "mazzo "
        "mazzetto peczek pek svazek sv otep head kopf kopfe topf pot potted roll rolle rolna rouleau rollo rotolo "
        "rolka "
        "role рулон loaf laib laibe vekna hleb knolle knollen glavica stange tray bucket eimer kanta ведро sztuk stk1"
    ),
    Unit.PACK: (
        "pack packs package packages packung packungen pck pckg pkg pkt pkgs packet packets pak pakovanje pakovanja "
        "paket paketi paketic пак паковање пакет пач пачка уп упак упаковка paquet paquets paq paquete paquetes pqt "
        "confezione confezioni conf cf cfz paczka opakowanie op opak baleni bal balicek schale schalen sachet sachets "
        "set sets portion portionen barquette bandeja vaschetta tacka vanicka tube tuben tuba tubo тубa блистер blister"
    ),
    Unit.BOTTLE: (
        "bottle bottles btl bot flasche flaschen fl flasa flase boca boce флаша боца бут бутылка бутылки bouteille "
        "bouteilles bt btle botella botellas bottiglia bottiglie butelka butelki but lahev lahve"
    ),
    Unit.CAN: (
        "can cans tin tins dose dosen ds konzerva konzerve limenka limenke конзерва лименка банка жб ж б boite boites "
        "conserve lata latas lattina lattine scatoletta puszka puszki plechovka konzervy canister kanister kanister "
        "kanistar канистра bidon bidone"
    ),
    Unit.JAR: (
        "jar jars glas glaser gl tegla tegle tegl тегла стекло bocal bocaux pot tarro tarros frasco vasetto vasetti "
        "barattolo sloik sloiki sklenice sklenka zavarovacka"
    ),
    Unit.BAG: (
        "bag bags beutel btl sack sacke sacks netz net nets kesa kese kesica kesice vreca vrece dzak dzakovi врећа "
        "кеса "
        "мешок меш мешки сетка sac sacs sachet filet bolsa bolsas saco sacos malla sacchetto sacchetti sacco busta "
        "worek "
        "worki torebka torba siatka pytel pytle sacek sacky tute tuten"
    ),
    Unit.BOX: (
        "box boxes bx schachtel schachteln kutija kutije kut кутија кор коробка короб boite caja cajas cj scatola "
        "scatole "
        "pudelko pudelka krabice krabicka"
    ),
    Unit.CASE: (
        "case cases cs carton cartons ctn ctns cart crate crates karton kartons kartone kart krt ktn kiste kisten kst "
        "steige steigen gebinde geb kolli colli kollo vpe ve ue ve1 gajba gajbe karton kartona transportno tp tpak "
        "картон "
        "гајба ящик ящ кол колли colis caisse caisses cageot caja cassa casse cassetta cartone cartoni collo skrzynka "
        "skrzynki zgrzewka bedna bedny prepravka karton palette paleta pallet trays display master multipack"
    ),
    Unit.KG: "kg kgs kilo kilos kilogram kilograms kilogramm kilogramme kilogrammes kilogramo kilogramos chilo chili "
    "chilogrammo kilogramy kilogramu кг кило килограмм килограм",
    Unit.G: "g gr grs gram grams gramm gramme grammes gramo gramos grammo grammi grama gramy gramu г гр грамм грам",
    Unit.L: "l lt ltr ltrs lit liter liters litre litres litar litara litri litro litros litr litry litru л лтр литр "
    "литар",
    Unit.ML: "ml mls mililitar milliliter millilitre mililitro millilitro mililitr мл миллилитр милилитар",
    Unit.M: "m mtr meter meters metre metres metar metara metri metro metros metr metry м метр метар lfm",
}
# A measure by how many thousandths of which unit it is.
SMALLER = {
    "cl": (10_000, Unit.ML), "dl": (100_000, Unit.ML), "cc": (1000, Unit.ML), "dag": (10_000, Unit.G),
    "dkg": (10_000, Unit.G),
    "deka": (10_000, Unit.G), "oz": (28_350, Unit.G), "lb": (453_592, Unit.G), "lbs": (453_592, Unit.G),
    "сл": (10_000, Unit.ML), "дл": (100_000, Unit.ML), "hg": (100_000, Unit.G), "mg": (1, Unit.G),
}  # fmt: skip
DOZENS = [
    "dozen",
    "doz",
    "dz",
    "dtz",
    "dtzd",
    "dutzend",
    "tuce",
    "tucet",
    "tuzin",
    "docena",
    "docenas",
    "douzaine",
    "dozzina",
    "дюжина",
    "туце",
]
PAIRS = ["pair", "pairs", "paar", "par", "para", "paire", "paires", "par", "pares", "paio", "paia", "пара"]
BETWEEN = frozenset(
    ["of", "a", "à", "je", "mit", "po", "de", "da", "di", "with", "per", "od", "по", "z", "s", "zu"]
)  # "case of 12"
MEASURES = (Unit.KG, Unit.G, Unit.L, Unit.ML)

NUMBER = r"[0-9]{1,7}(?:[.,][0-9]{1,4})?"
WORD = r"[^\W\d_]{1,12}"
TIMES = r"(?:x|\u00d7|\*|\u0445|\u00e0|a\s|by)"
ABOUT = re.compile(r"^(?:ca|cca|approx|about|circa|env|ok|около|prib|~|\u2248)[.\s]*(?=[0-9])", re.IGNORECASE)
# A range such as "500-600 g" is no size, nor is the end of a longer number.
SIZE = re.compile(
    rf"(?<![0-9.,/])(?<![0-9] [-\u2013] )(?<![0-9][-\u2013])(?P<number>{NUMBER})\s*-?\s*(?P<word>{WORD})\.?"
)
COUNT_FIRST = re.compile(
    rf"(?P<count>[0-9]{{1,4}})\s*(?:{WORD}\s*)?{TIMES}\s*(?P<number>{NUMBER})\s*(?P<word>{WORD})\.?", re.I
)
COUNT_LAST = re.compile(
    rf"(?P<number>{NUMBER})\s*(?P<word>{WORD})\.?\s*{TIMES}\s*(?P<count>[0-9]{{1,4}})(?![0-9.,])", re.I
)
HOW_MANY = re.compile(r"(?P<count>[0-9]{1,4})\s*-?\s*(?:er|er-|-pack|pack|pak)(?![^\W\d_])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pack:
    """What goods are counted in and, if it is said, what is in one: `content` in thousandths of `content_unit`.

    `count` is of how many equal parts the content is made up.
    """

    unit: Unit
    content: int | None = None
    content_unit: Unit | None = None
    count: int = 1
    single: int | None = None  # content of one of the parts


@lru_cache(maxsize=5_000)
def unit_named(text: str) -> Unit | None:
    """The unit somebody calls like this, in any of the languages."""
    return _UNITS.get(fold(text)) or _UNITS.get(latin(text))


@lru_cache(maxsize=20_000)
def read_pack(text: str) -> Pack | None:
    """The unit a cell names, with a content or without; None when it names none that is known."""
    text = ABOUT.sub("", text.strip(" \u00a0.:;"))[:100]
    words = fold(text)
    if not words:
        return None
    if unit := unit_named(text):
        return Pack(unit)
    if words in DOZENS or latin(text) in DOZENS:
        return _of_pieces(12)
    if words in PAIRS:
        return _of_pieces(2)
    if words in SMALLER:
        return Pack(Unit.PACK, *SMALLER[words])
    return _sized(text)


def _sized(text: str) -> Pack | None:
    found = size_in(text)
    around = [unit for word in re.findall(WORD, text) if (unit := unit_named(word)) and unit not in (*MEASURES, Unit.M)]
    if found is not None:
        unit = around[0] if around else found.unit
        return Pack(unit, found.content, found.content_unit, found.count, found.single)
    if (many := HOW_MANY.search(text)) and (count := int(many["count"])) > 1:
        return _of_pieces(count, next((unit for unit in around if unit is not Unit.PIECE), Unit.PACK))
    numbers = re.findall("[0-9]+", text)
    text = re.sub(r"^([0-9]+)\s*/\s*", r"\1 ", text)  # "6/case"
    if around and len(numbers) == 1 and len(numbers[0]) <= 4 and not re.search(r"[.,/]", text.strip(".")):
        holder = next((unit for unit in around if unit is not Unit.PIECE), Unit.PACK)
        known = all(unit_named(word) or word.casefold() in BETWEEN for word in re.findall(WORD, text))
        count = int(numbers[0])
        if not known or count == 0:
            return None
        return Pack(around[0]) if count == 1 else _of_pieces(count, holder)
    return None


def _of_pieces(count: int, unit: Unit = Unit.PACK) -> Pack:
    return Pack(unit, count * 1000, Unit.PIECE, count, 1000)


@lru_cache(maxsize=20_000)
def size_in(text: str) -> Pack | None:
    """The one size a text names, as a pack of it or a case of several; None if it names none, or more than one."""
    text = text[:400]
    for pattern in (COUNT_LAST, COUNT_FIRST):
        if match := pattern.search(text):
            single = _size(match["number"], match["word"])
            count = int(match["count"])
            if single and count > 1 and (whole := _whole(single, count)):
                return Pack(Unit.CASE, *whole, count, single[0])
    sizes = {size for match in SIZE.finditer(text) if (size := _size(match["number"], match["word"]))}
    if len(sizes) != 1:
        return None
    (size,) = sizes
    return Pack(Unit.PACK, *size, 1, size[0])


def _whole(single: tuple[int, Unit], count: int) -> tuple[int, Unit] | None:
    content, unit = single[0] * count, single[1]
    if content > MAX_CONTENT and unit in (Unit.G, Unit.ML):
        larger = {Unit.G: Unit.KG, Unit.ML: Unit.L}[unit]
        content, unit = (content + 500) // 1000, larger
    return (content, unit) if content <= MAX_CONTENT else None


def _size(number: str, word: str) -> tuple[int, Unit] | None:
    """Thousandths of a measure. What may be a thousand or one is no size here: it is asked about elsewhere."""
    unit = unit_named(word)
    whole, _, fraction = number.replace(",", ".").partition(".")
    if fraction and len(fraction) == 3 and whole.strip("0") and unit not in (Unit.KG, Unit.L):
        return None
    thousandths = int(whole) * 1000 + int(fraction[:3].ljust(3, "0"))
    if unit is not None and unit in MEASURES:
        size: tuple[int, Unit] = (thousandths, unit)
    elif (other := SMALLER.get(fold(word))) is not None:
        size = (thousandths * other[0] + 500) // 1000, other[1]
    else:
        return None
    return _whole(size, 1) if size[0] > 0 else None


def _names() -> dict[str, Unit]:
    found: dict[str, Unit] = {}
    for unit, names in NAMES.items():
        for name in (str(unit), *names.split()):
            found.setdefault(fold(name), unit)
    return found


_UNITS = _names()
