"""What columns of lists are called in nine languages, and what a heading says beside: tax, currency, per how much."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from bulq.domain.lists.amounts import SIGNS
from bulq.domain.lists.words import fold, latin


class Field(StrEnum):
    """What a column may hold. What is ORDERED or IGNORED is passed over."""

    NAME = "name"
    BRAND = "brand"
    UNIT = "unit"
    STEP = "step"
    CONTENT = "content"
    CONTENT_UNIT = "content_unit"
    COUNT = "count"  # pieces in a case
    BARCODE = "barcode"
    TAGS = "tags"
    ALIASES = "aliases"
    STORE = "store"
    PRICE = "price"
    CURRENCY = "currency"
    MINIMUM = "minimum"  # from how many on the price counts
    SEEN_ON = "seen_on"
    ORDER_NO = "order_no"
    ORIGIN = "origin"
    DEPOSIT = "deposit"
    NOTE = "note"
    VAT = "vat"
    IGNORED = "ignored"


NOTED = (Field.ORDER_NO, Field.ORIGIN, Field.DEPOSIT, Field.NOTE)

# Phrases between bars, compared as words.fold and words.latin do. The earlier ones are the clearer names of the field.
NAMES: dict[Field, str] = {
    Field.NAME: (
        "name|product name|product|article|item|item name|article name|product title|title|goods|produce|description|"
        "product description|item description|article description|"
        "produkt|produktname|artikel|artikelname|artikelbezeichnung|bezeichnung|ware|warenbezeichnung|"
        "produktbezeichnung|"
        "sorte|erzeugnis|lebensmittel|beschreibung|artikelbeschreibung|"
        "naziv|naziv artikla|naziv proizvoda|naziv robe|artikal|artikl|proizvod|roba|ime proizvoda|opis|opis artikla|"
        "vrsta robe|"
        "наименование|наименование товара|название|название товара|товар|номенклатура|продукт|продукция|ассортимент|"
        "наименование продукции|описание|"
        "nom|nom du produit|produit|article|designation|libelle|denomination|intitule|description du produit|"
        "nombre|nombre del producto|producto|articulo|descripcion|denominacion|referencia producto|"
        "nome|nome prodotto|prodotto|articolo|descrizione|denominazione|descrizione articolo|descrizione prodotto|"
        "nazwa|nazwa produktu|nazwa towaru|produkt|towar|artykul|opis produktu|asortyment|"
        "nazev|nazev zbozi|nazev produktu|nazev vyrobku|zbozi|vyrobek|polozka|popis|nazov|tovar|naziv blaga"
    ),
    Field.BRAND: (
        "brand|make|manufacturer|producer|maker|grower|brand name|"
        "marke|hersteller|produzent|erzeuger|anbauer|"
        "brend|marka|proizvodjac|proizvodac|robna marka|"
        "бренд|марка|производитель|изготовитель|торговая марка|"
        "marque|fabricant|producteur|fabricante|marca|productor|produttore|marchio|azienda|"
        "producent|marka|znacka|vyrobce|vyrobca"
    ),
    Field.UNIT: (
        "unit|uom|u m|unit of measure|order unit|sales unit|selling unit|units|sold by|sold as|per|"
        "einheit|me|mengeneinheit|verkaufseinheit|bestelleinheit|vpe einheit|je|pro|ve einheit|"
        "jm|j m|jed mere|jedinica|jedinica mere|jedinica mjere|mera|jed|jed mj|mj|"
        "ед|ед изм|единица|единица измерения|ед измерения|мера|еи|"
        "unite|unite de vente|unite de mesure|ud|unidad|unidad de medida|unidad de venta|udm|um|u di m|unita|"
        "unita di misura|unita di vendita|jednostka|jedn|j m|jm|jednostka miary|jedn miary|"
        "jednotka|mj|merna jednotka|m j|jedn mnozstvi|em|enota mere"
    ),
    Field.STEP: "step|schritt|korak|шаг|pas|paso|passo|krok",
    Field.CONTENT: (
        "content|size|pack size|net weight|weight|volume|net content|contents|packaging|packing|pack|weight volume|"
        "format|net wt|qty per pack|"
        "inhalt|gewicht|gebinde|gebindegrosse|packungsgrosse|fullmenge|nettogewicht|menge|grosse|verpackung|abpackung|"
        "pakovanje|sadrzaj|tezina|neto tezina|velicina|kolicina u pakovanju|gramaza|neto|masa|zapremina|"
        "фасовка|вес|масса|объем|масса нетто|вес нетто|упаковка|содержание|расфасовка|"
        "contenu|contenance|poids|poids net|conditionnement|contenido|peso|peso neto|formato|envase|presentacion|"
        "contenuto|peso netto|confezione|pezzatura|grammatura|"
        "zawartosc|waga|gramatura|pojemnosc|waga netto|opakowanie|masa netto|"
        "obsah|hmotnost|baleni|objem|velikost|vaha|balenie|gramaz"
    ),
    Field.CONTENT_UNIT: "content unit|unit of content|inhaltseinheit|einheit inhalt|jedinica sadrzaja",
    Field.COUNT: (
        "pieces per case|units per case|per case|case size|case qty|qty per case|pack qty|case quantity|pcs per case|"
        "pcs case|pieces case|pieces per carton|units per carton|pcs ctn|items per case|case pack|pieces per pack|"
        "inner|"
        "units per box|pieces per box|units case|case of|pack quantity|"
        "stuck pro karton|stuck je karton|stk karton|stuck pro kiste|stk ve|ve|vpe|anzahl pro karton|"
        "einheiten pro karton|"
        "stk kiste|inhalt karton|stk pro vpe|stuck je ve|kolliinhalt|st karton|flaschen pro kiste|"
        "kom u kartonu|komada u kartonu|kom kart|transportno pakovanje|kom u pakovanju|kom u paketu|kom pak|"
        "broj komada|"
        "komada u paketu|kom karton|"
        "шт в коробке|в коробке|кол во в коробке|количество в упаковке|кол во в упаковке|шт в упаковке|шт уп|"
        "в упаковке|"
        "шт в кор|кратность|штук в ящике|в ящике|"
        "pieces par carton|par carton|pcb|colisage|unites par colis|quantite par carton|piece par colis|"
        "unidades por caja|uds caja|unidades caja|ud caja|piezas por caja|pezzi per cartone|pezzi per collo|pz cartone|"
        "pz collo|pezzi cartone|pz ct|imballo|"
        "sztuk w kartonie|szt w kartonie|ilosc w kartonie|ilosc w opakowaniu|szt karton|w kartonie|szt opak|"
        "kusu v kartonu|ks v kartonu|ks karton|ks v baleni|pocet v kartonu|kusov v kartone"
    ),
    Field.BARCODE: (
        "barcode|ean|ean code|gtin|ean13|ean 13|upc|bar code|ean upc|gtin ean|ean gtin|barcodes|"
        "strichcode|ean nummer|ean nr|barkod|bar kod|barkod artikla|ean kod|"
        "штрихкод|штрих код|шк|баркод|code barre|code barres|code a barres|gencod|gencode|codigo de barras|cod barras|"
        "codice a barre|codice ean|barcode ean|kod kreskowy|kod ean|kod ean13|carovy kod|ean kod|cod ean|ciarovy kod"
    ),
    Field.TAGS: (
        "tags|tag|category|product category|group|product group|categories|department|section|range|family|type|"
        "kategorie|warengruppe|produktgruppe|gruppe|rubrik|sortiment|artikelgruppe|"
        "kategorija|grupa|grupa artikala|vrsta|robna grupa|odeljenje|"
        "категория|группа|группа товаров|раздел|вид|товарная группа|"
        "categorie|famille|rayon|categoria|familia|grupo|seccion|gruppo|famiglia|reparto|categoria merceologica|"
        "kategoria|grupa|grupa towarowa|dzial|rodzaj|kategorie zbozi|skupina|druh|sekce"
    ),
    Field.ALIASES: "aliases|alias|other names|also known as|andere namen|drugi nazivi",
    Field.STORE: (
        "store|shop|supplier|vendor|seller|market|wholesaler|farm|"
        "laden|geschaft|lieferant|handler|anbieter|markt|hof|"
        "prodavnica|dobavljac|radnja|trgovina|prodavac|isporucilac|"
        "магазин|поставщик|продавец|ферма|"
        "magasin|fournisseur|vendeur|boutique|tienda|proveedor|negozio|fornitore|venditore|"
        "sklep|dostawca|sprzedawca|obchod|dodavatel|prodejce|prodejna"
    ),
    Field.PRICE: (
        "price|unit price|sale price|sales price|selling price|list price|cost|your price|net price|gross price|"
        "wholesale price|trade price|amount|rate|our price|case price|price each|member price|"
        "preis|verkaufspreis|vk|vk preis|einzelpreis|stuckpreis|listenpreis|ek|ek preis|einkaufspreis|betrag|"
        "nettopreis|"
        "bruttopreis|endpreis|ep|kartonpreis|kistenpreis|mitgliederpreis|preis pro einheit|"
        "cena|cijena|vp cena|mp cena|vpc|mpc|prodajna cena|nabavna cena|veleprodajna cena|maloprodajna cena|iznos|"
        "jedinicna cena|neto cena|bruto cena|akcijska cena|"
        "цена|стоимость|цена руб|оптовая цена|розничная цена|опт|прайс|сумма за ед|"
        "prix|prix unitaire|tarif|pu|p u|prix de vente|prix d achat|montant|pv|pa|"
        "precio|precio unitario|pvp|importe|coste|precio de venta|tarifa|p v p|"
        "prezzo|prezzo unitario|prezzo di vendita|listino|costo|prezzo di listino|"
        "cena|cena jednostkowa|cena sprzedazy|cena hurtowa|cena detaliczna|"
        "cena za jednotku|jednotkova cena|prodejni cena|cena za kus|cena za mj|cena za ks|nakupni cena"
    ),
    Field.CURRENCY: "currency|curr|ccy|wahrung|valuta|валюта|devise|monnaie|moneda|divisa|waluta|mena",
    Field.MINIMUM: (
        "minimum|min qty|min quantity|minimum quantity|moq|minimum order|min order|from quantity|mindestmenge|ab menge|"
        "mindestabnahme|minimalna kolicina|min kolicina|minimalni pocet|min odber|минимум|мин заказ|мин партия|"
        "минимальный заказ|quantite minimum|quantite minimale|cantidad minima|pedido minimo|quantita minima|"
        "ordine minimo|"
        "minimalne zamowienie|min zamowienie|minimalni odber"
    ),
    Field.SEEN_ON: (
        "seen on|date|day|price date|as of|valid from|datum|tag|stand|gultig ab|preis vom|datum cene|vazi od|dan|"
        "дата|дата цены|date du prix|fecha|data|data ceny|platnost od|valable des|valido dal|valido desde|wazne od"
    ),
    Field.ORDER_NO: (
        "order no|order number|item no|item number|article no|article number|product code|code|item code|sku|ref|"
        "reference|no|nr|product id|id|art no|stock code|product no|plu|cat no|catalogue no|"
        "artikelnummer|artikelnr|artikel nr|art nr|artnr|bestellnummer|bestellnr|bestell nr|nummer|lfd nr|pos|kurzel|"
        "sifra|sifra artikla|sif|sifra proizvoda|kataloski broj|rb|r b|redni broj|kod|kat broj|broj|"
        "артикул|код|код товара|номер|п п|номенклатурный номер|арт|"
        "numero|ref article|code article|n article|codigo|cod|cod articulo|codice|cod articolo|codice articolo|"
        "kod produktu|kod towaru|indeks|symbol|lp|l p|nr katalogowy|nr artykulu|"
        "cislo|kod zbozi|objednaci cislo|katalogove cislo|c zbozi|poradi|obj cislo|sifra blaga"
    ),
    Field.ORIGIN: (
        "origin|country|country of origin|made in|provenance|herkunft|land|ursprung|ursprungsland|herkunftsland|"
        "poreklo|zemlja porekla|zemlja|podrijetlo|происхождение|страна|страна происхождения|origine|pays|"
        "pays d origine|"
        "origen|pais|pais de origen|paese|paese di origine|provenienza|pochodzenie|kraj|kraj pochodzenia|"
        "puvod|zeme|zeme puvodu|povod"
    ),
    Field.DEPOSIT: (
        "deposit|bottle deposit|pfand|leergut|einsatz|kaucija|depozit|povratna ambalaza|ambalaza|залог|тара|consigne|"
        "deposito|fianza|cauzione|vuoto a rendere|kaucja|zaloha|vratna zaloha"
    ),
    Field.NOTE: (
        "note|notes|remark|remarks|comment|comments|info|information|details|bemerkung|bemerkungen|anmerkung|hinweis|"
        "kommentar|zusatz|zutaten|qualitat|anbau|verband|quality|certification|cert|organic|bio|napomena|napomene|"
        "primedba|kvalitet|"
        "примечание|примечания|комментарий|remarque|remarques|commentaire|observaciones|nota|notas|comentarios|note|"
        "osservazioni|certificazione|uwagi|komentarz|jakosc|poznamka|poznamky"
    ),
    Field.VAT: (
        "vat|vat rate|tax|vat code|tax rate|vat percent|gst|sales tax|mwst|ust|mwst satz|steuer|steuersatz|ust satz|"
        "pdv|"
        "pdv stopa|stopa pdv|porez|stopa|ндс|ставка ндс|tva|taux tva|taux de tva|iva|tipo iva|aliquota|aliquota iva|"
        "stawka vat|podatek|dph|sazba dph|sazba|ddv"
    ),
    Field.IGNORED: (
        "y n|order|quantity|qty|ordered|your order|order quantity|order qty|total|stock|availability|available|image|"
        "picture|photo|link|url|in stock|line total|discount|"
        "bestellmenge|bestellung|anzahl|summe|gesamt|gesamtpreis|bestand|lager|verfugbar|bild|foto|rabatt|uvp|"
        "kolicina|narudzba|porudzbina|naruceno|ukupno|zaliha|stanje|lager|slika|rabat|vrednost|"
        "количество|кол во|заказ|сумма|итого|остаток|наличие|фото|скидка|"
        "quantite|commande|qte|stock disponible|cantidad|pedido|existencias|quantita|ordine|giacenza|qta|totale|"
        "ilosc|zamowienie|stan|wartosc|zdjecie|mnozstvi|objednavka|skladem|sklad|pocet|pocet kusu|sleva"
    ),
}
# What is a name only where nothing else is.
WEAK = (
    "description|product description|item description|article description|beschreibung|artikelbeschreibung|opis|"
    "описание|"
    "description du produit|descripcion|descrizione|popis|opis produktu"
)
# Words within a heading of a price.
NET = (
    "net|netto|neto|excl|ex vat|exvat|excluding|without vat|without tax|before tax|plus vat|hors taxe|hors taxes|ht|"
    "zzgl|"
    "ohne mwst|ohne ust|exkl|bez pdv|bez pdv a|bez poreza|без пдв|без ндс|bez dph|bez vat|sin iva|senza iva|"
    "iva esclusa|"
    "iva escl|no iva|sans tva|vpc|netto preis|nettopreis|brez ddv"
)
GROSS = (
    "gross|brutto|bruto|incl|inc vat|including|with vat|with tax|ttc|taxes comprises|inkl|mit mwst|mit ust|sa pdv|"
    "sa pdv om|s pdv om|sa porezom|са пдв|с ндс|с учетом ндс|s dph|vc dph|vcetne dph|z vat|con iva|iva incl|"
    "iva inclusa|iva compresa|"
    "iva incluido|iva inc|avec tva|mpc|bruttopreis|z ddv|pvp"
)
PER_CASE = (
    "per case|case|per carton|carton|per ctn|per box|per crate|crate|per tray|pro karton|je karton|karton|"
    "kartonpreis|pro kiste|je kiste|"
    "kiste|kistenpreis|pro kolli|kolli|pro gebinde|gebinde|gebindepreis|je ve|pro ve|za karton|karton|po kartonu|"
    "za gajbu|za paket|"
    "за коробку|коробка|за ящик|за упаковку|par carton|carton|par colis|colis|por caja|caja|per cartone|per collo|"
    "cartone|"
    "za karton|za kartonik|za opakowanie|za krabici|za bednu|za baleni|ve preis"
)
PER_PIECE = (
    "per piece|per unit|each|per item|piece|unit|pro stuck|je stuck|stuck|stk|stuckpreis|pro stk|je stk|za komad|"
    "komad|kom|po komadu|za kom|"
    "за шт|за штуку|шт|piece|a la piece|unitaire|unite|unidad|por unidad|unitario|ud|pezzo|al pezzo|pz|za sztuke|szt|"
    "sztuka|"
    "za kus|za ks|ks|kus|bottle|flasche|per bottle|einzelpreis"
)
PER_KG = (
    "per kg|kg|kilo|per kilo|je kg|pro kg|kilopreis|za kg|po kg|за кг|кг|au kilo|prix kilo|por kg|al kg|za kilogram|"
    "za kilo|"
    "per l|je l|pro l|per liter|per litre|za l|за л|grundpreis|base price|unit pricing|price per unit measure|litr|"
    "je 100 g|per 100 g|100 g|100 ml"
)
# A price for others, or of before.
OTHER = (
    "uvp|rrp|srp|msrp|mrp|retail|recommended|empf|empfohlen|old|alt|alter|stara|old price|bisher|public|"
    "consigliato|sugerida|doporucena|розница|розничная|pvc|before|mpc|maloprodajna|detaliczna"
)
FROM = re.compile(
    r"(?:\b(?:ab|from|od|от|des|desde|da|a partir de|min)\s*|>=?\s*|\u2265\s*)(?P<count>[0-9]{1,4})\b"
    r"|\b(?P<plus>[0-9]{1,4})\s*\+",
    re.IGNORECASE,
)

SHORTEST, MOST_WORDS = 4, 6  # of a name within a heading, in letters, and of the heading
CONTAINED = 100  # the rank of such a name, behind all that are the whole heading


@dataclass(frozen=True, slots=True)
class Heading:
    """What a heading says: `rank` is 0 for the clearest name of its field, and higher for what else it may be.

    `tax` is "net" or "gross", `per` "case", "piece" or "kg", each empty when it isn't said; `minimum` is from how many
    on a price counts; `other` a price that is somebody else's.
    """

    field: Field
    rank: int = 0
    tax: str = ""
    per: str = ""
    currency: str = ""
    minimum: int = 0
    other: bool = False


@lru_cache(maxsize=2_000)
def read_heading(text: str, codes: frozenset[str]) -> Heading | None:
    """The field a heading names; None when it is no heading that is known. `codes` are the currencies there are."""
    if len(text) > 80:
        return None
    bare = re.sub(r"[(\[{].*?[)\]}]", " ", text)
    for words in dict.fromkeys((fold(bare), fold(text), latin(bare), latin(text))):
        if words in _FIELDS and _FIELDS[words][0] is not Field.PRICE:
            field, rank = _FIELDS[words]
            return Heading(field, rank)
    return _price_heading(text, codes) or _contained(text)


def _price_heading(text: str, codes: frozenset[str]) -> Heading | None:
    words = {fold(text), latin(text)}
    currency = _currency_in(text, codes)
    is_price = any(_has(each, _PRICES) for each in words)
    if not is_price and currency and not _rest_of(text, codes):
        is_price = True  # only "EUR", or "€ / kg"
    if not is_price and FROM.search(text) and len(words := set(fold(text).split())) <= 4:
        is_price = bool(words & {"ab", "from", "od", "от", "desde", "stk", "kom", "pcs", "kg"} or "+" in text)
    if not is_price:
        return None
    said = [fold(text), latin(text)]
    tax = "net" if _any(said, _NET) else "gross" if _any(said, _GROSS) else ""
    per = (
        "kg" if _any(said, _PER_KG) else "case" if _any(said, _PER_CASE) else "piece" if _any(said, _PER_PIECE) else ""
    )
    match = FROM.search(text)
    minimum = int(match["count"] or match["plus"]) if match else 0
    return Heading(Field.PRICE, 0, tax, per, currency, minimum, other=_any(said, _OTHER))


def _contained(text: str) -> Heading | None:
    """The field whose longest name stands within the heading."""
    if {"ean", "gtin", "upc", "ean13"} & set(fold(text).split()):
        return Heading(Field.BARCODE, CONTAINED)
    headings = [f" {words} " for words in (fold(text), latin(text))]
    names = [name for name in _FIELDS if len(name) >= SHORTEST and any(f" {name} " in words for words in headings)]
    if not names or len(fold(text).split()) > MOST_WORDS:
        return None
    field, _rank = _FIELDS[max(names, key=len)]
    return Heading(field, CONTAINED)


def _currency_in(text: str, codes: frozenset[str]) -> str:
    for word in re.findall(r"[^\W\d_]+|[\u20ac$\u00a3\u00a5\u20bd\u20b9\u20b4]", text):
        if word.isupper() and word in codes:
            return word
        sign = word.casefold()
        if (
            sign in SIGNS
            and (len(SIGNS[sign]) == 1 or sign in ("din", "\u0434\u0438\u043d", "\u0440\u0443\u0431"))
            and sign not in ("fr", "lv", "den", "eu", "km")
        ):
            return SIGNS[sign][0]
    return ""


def _rest_of(text: str, codes: frozenset[str]) -> list[str]:
    """The words of a heading that are neither a currency nor what it is per."""
    skipped = {"in", "je", "per", "pro", "za", "kg", "stk", "stuck", "kom", "ks", "szt", "pcs", "po", "u"}
    return [
        word for word in fold(text).split() if word not in skipped and word.upper() not in codes and word not in SIGNS
    ]


def _has(words: str, phrases: Collection[str]) -> bool:
    padded = f" {words} "
    return any(f" {phrase} " in padded for phrase in phrases) or any(
        word.endswith(("preis", "preise")) or word.startswith(("cena", "cijena", "цена", "precio", "prezz"))
        for word in words.split()
    )


def _any(said: list[str], phrases: Collection[str]) -> bool:
    return any(f" {phrase} " in f" {words} " for words in said for phrase in phrases)


def _split(phrases: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fold(each) for each in phrases.split("|")))


def _fields() -> dict[str, tuple[Field, int]]:
    found: dict[str, tuple[Field, int]] = {}
    for field, names in NAMES.items():
        for rank, name in enumerate(names.split("|")):
            found.setdefault(fold(name), (field, 0 if field is not Field.NAME else min(rank, 1)))
    for weak in WEAK.split("|"):
        found[fold(weak)] = (Field.NAME, 2)
    return found


_FIELDS = _fields()
_PRICES = tuple(words for words, (field, _rank) in _FIELDS.items() if field is Field.PRICE)
_NET, _GROSS, _PER_CASE, _PER_PIECE, _PER_KG, _OTHER = map(_split, (NET, GROSS, PER_CASE, PER_PIECE, PER_KG, OTHER))
