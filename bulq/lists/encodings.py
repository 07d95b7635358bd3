"""Which encoding a text is in. Bytes don't tell for sure, so the candidates are ranked by the letters they make."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

SAMPLE = 16_384  # bytes with something beyond ASCII around them
CLEAR = 0.1  # of a score of 1, by which the best is ahead where nobody has to be asked
MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
CANDIDATES = (
    "cp1252", "cp1250", "cp1251", "iso8859-2", "iso8859-5", "koi8-r", "cp866", "cp852", "cp850", "mac-roman", "cp1253",
    "cp1254", "mac-cyrillic", "iso8859-15", "cp1257", "mac-latin2",
)  # fmt: skip
OFFERED = ("utf-8", "utf-16", *CANDIDATES)
ALPHABETS = {
    "de": "äöüß", "fr": "àâçéèêëîïôùûœ", "es": "áéíóúñü", "it": "àèéìòù", "pl": "ąćęłńóśźż", "cs": "áčďéěíňóřšťúůýž",
    "sk": "áäčďéíĺľňóôŕšťúýž", "sr": "čćđšž", "hu": "áéíóöőúüű", "ro": "ăâîșțşţ", "pt": "áâãàçéêíóôõú", "nl": "éëïöü",
    "nordic": "åäöæø", "tr": "çğıöşüâ", "ru": "абвгдежзийклмнопрстуфхцчшщъыьэюяё", 
    "uk": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "sr-cyrillic": "абвгдђежзијклљмнњопрстћуфхцчџш", "bg": "абвгдежзийклмнопрстуфхцчшщъьюя",
    "el": "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋ", "lt": "ąčęėįšųūž",
}  # fmt: skip
# Letters that make up more than half of any text in these scripts.
CYRILLIC = frozenset("оеаинтрслв")
FREQUENT = {
    "ru": CYRILLIC,
    "uk": CYRILLIC,
    "bg": CYRILLIC,
    "sr-cyrillic": CYRILLIC,
    "el": frozenset("αοιετσςνρηπάόίέήύώ"),
}
APART = frozenset("©®™§°½¼¾±²³×¥¿•—…")  # no letter stands beside these
WITHIN_WORDS = frozenset("\u2019\u2018\u2013\u00a0\u00b7")
RARE = {
    "mac-roman": 0.06,
    "mac-cyrillic": 0.08,
    "mac-latin2": 0.08,
    "cp1257": 0.05,
    "cp1253": 0.03,
    "cp1254": 0.03,
    "iso8859-5": 0.03,
    "iso8859-15": 0.02,
}
CLEAR_ALONE = 0.46
SYMBOLS = frozenset("€£¥°½¼¾–—„“”‘’‚«»×·•§©®™…\u00a0µ%ºª№±²³¿¡")
# Words of food that have letters by which encodings differ.
WORDS = {
    "fr": "crème crèmes pêche pêches bière bières chèvre brûlée pâte pâtes thé lait fermière légumes légume entière "
    "épinards "
    "céréales blé maïs pièce unité désignation prix mûre gruyère fraîche fraîches châtaigne huître quantité crêpe "
    "pré chêne "
    "libellé référence forêt café sésame gâteau rôti mélange société élevage équitable noisette séché séchées",
    "de": "käse müsli öl möhren nüsse brötchen größe stück äpfel hülsenfrüchte grün weiß kürbis gemüse milch kräuter "
    "früchte "
    "süß hähnchen gewürz säfte zwetschgen knödel spätzle für öko ökologisch rüben lauch erdäpfel",
    "es": "jamón piña limón azúcar atún plátano café artículo descripción unidad arroz aceite español piñones melón "
    "salmón",
    "it": "caffè tè quantità più città unità tiramisù ragù purè lunedì",
    "pl": "ser mąka śmietana żółty masło chleb pomidory ogórek ogórki kg mleko jabłka truskawki śliwki cukier ryż "
    "książka miód "
    "wędzony świeży żurek gęś kiełbasa łosoś słoik pęczek",
    "cs": "sýr mléko chléb máslo název rýže čaj džem žloutek řízek měkký těstoviny brambory česnek hořčice růže "
    "zboží cukr vejce "
    "kuře smetana rajčata okurky čerstvý celer špenát hrách čočka",
    "sr": "šećer čokolada čaj brašno pirinač šljive višnje jagode džem kačkavalj šunka đumbir sočivo pšenica žito "
    "začin košnica "
    "šifra količina jedinica proizvođač voće povrće luk češnjak paškanat kruške krastavac šargarepa ćurka riža",
    "ru": "гречка рис сахар масло молоко чай хлеб кг шт цена соль мука сыр мёд творог яблоки картофель лук чеснок "
    "кофе руб уп мясо "
    "наименование товар фасоль горох пшено крупа сметана яйцо вода сок",
    "sr-cyrillic": "брашно шећер чај пиринач сир млеко хлеб јаја кајмак мед лук уље со вода сок јабуке цена назив "
    "ком кг пасуљ "
    "кромпир купус паприка парадајз кафа",
    "hu": "tőkés sör bőr gyümölcs tej vöröshagyma fűszer túró szőlő kőrözött őszibarack",
}  # fmt: skip


_WORDS = [frozenset(word for word in words.split() if not word.isascii()) for words in WORDS.values()]


@dataclass(frozen=True, slots=True)
class Guess:
    """An encoding, how much sense its letters make (0 to 1), and a bit of what it reads."""

    encoding: str
    score: float
    shows: str


def marked(start: bytes) -> str | None:
    """The encoding a file says itself, or that its zeros tell."""
    for mark, encoding in MARKS:
        if start.startswith(mark):
            return encoding
    even, odd = start[0:400:2].count(0), start[1:400:2].count(0)
    if len(start) >= 4 and max(even, odd) > 0.3 * min(200, len(start) // 2) and min(even, odd) <= 0.05 * max(even, odd):
        return "utf-16-le" if odd > even else "utf-16-be"
    return None


def ranked(data: bytes) -> list[Guess]:
    """What a text may be encoded in that is no UTF-8, likeliest first; of those that read the same only one.

    Of those that make as much sense the commoner encoding comes first, as in CANDIDATES.
    """
    sample = _telling(data)
    guesses: dict[str, Guess] = {}
    for encoding in CANDIDATES:
        try:
            text = sample.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text not in guesses:
            guesses[text] = Guess(encoding, max(0.0, _sense(text) - RARE.get(encoding, 0)), _shown(text))
    return sorted(guesses.values(), key=lambda guess: -guess.score)


def is_clear(guesses: list[Guess]) -> bool:
    """Whether the first one need not be asked about."""
    return len(guesses) == 1 or (guesses[0].score >= CLEAR_ALONE and guesses[0].score - guesses[1].score >= CLEAR)


def _telling(data: bytes) -> bytes:
    """The lines that have bytes beyond ASCII, since others read the same anyway."""
    lines: list[bytes] = []
    size = 0
    for line in data.splitlines():
        if not line.isascii():
            lines.append(line[:2000])
            size += len(line[:2000])
            if size > SAMPLE:
                break
    return b"\n".join(lines)


def _sense(text: str) -> float:
    """How much of what isn't ASCII is letters of one language in shapes that words have, 1 if there are known words."""
    strange = [(at, character) for at, character in enumerate(text) if not character.isascii()]
    if not strange:
        return 1.0
    letters = Counter(_lower(character) for _at, character in strange if character.isalpha())
    wrong, symbols = _unbalanced(text) / 2, 0.0
    for at, character in strange:
        before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
        if character.isalpha():
            wrong += _misshapen(character, before, after)
        elif character in SYMBOLS:
            symbols += 0.8
            beside = (before.isalpha(), after.isalpha())
            wrong += 0 if character in WITHIN_WORDS else all(beside) or (any(beside) and character in APART)
        else:
            wrong += 2 if unicodedata.category(character)[0] == "C" else 1
    fitting, language = max(
        ((sum(letters[each] for each in alphabet), name) for name, alphabet in ALPHABETS.items()),
        key=lambda pair: pair[0],
    )
    score = (fitting + symbols - wrong) / len(strange)
    if frequent := FREQUENT.get(language):
        share = sum(letters[each] for each in frequent) / max(1, sum(letters.values()))
        score -= max(0.0, 0.45 - share)
    words = set(re.findall(r"[^\W\d_]+", text.casefold()))
    known = sum(len(words & of_language) for of_language in _WORDS)
    return max(0.0, score + min(0.3, 0.15 * known)) / 1.3


def _lower(character: str) -> str:
    return "i" if character == "\u0130" else character.casefold()


def _unbalanced(text: str) -> int:
    """Quotation marks that nothing closes."""
    counts = Counter(character for character in text if character in "\u201e\u201c\u201d\u00ab\u00bb\u2018\u201a")
    german = (
        abs(counts["\u201e"] - counts["\u201c"] - counts["\u201d"])
        if counts["\u201e"]
        else abs(counts["\u201c"] - counts["\u201d"])
    )
    return german + abs(counts["\u00ab"] - counts["\u00bb"])


def _misshapen(letter: str, before: str, after: str) -> float:
    """A capital within a word, or letters of two scripts side by side."""
    wrong = 0.0
    if letter.isupper() and before.isalpha() and before.islower():
        wrong += 1
    if not letter.isupper() and before.isalpha() and before.isupper() and after.isupper():
        wrong += 0.5
    for beside in (before, after):
        if beside.isalpha() and _script(beside) != _script(letter):
            wrong += 1
    return wrong


def _script(letter: str) -> str:
    return "latin" if letter.isascii() else unicodedata.name(letter, "?").split()[0].casefold()


def _shown(text: str) -> str:
    """A few words that other encodings would read differently."""
    words = dict.fromkeys(word for word in re.findall(r"[^\s;,\t|]+", text) if not word.isascii())
    return " ".join(list(words)[:5])[:80]
