"""Where a member wants to be paid: the kinds of accounts and handles, and what each of them must look like."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from stdnum import bic as bics
from stdnum import iban as ibans
from stdnum.exceptions import ValidationError

from bulq.domain.errors import Invalid
from bulq.domain.texts import clean_text


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MOST = 5  # payouts of one member
LONGEST_NAME = 70  # of a payee, in EPC069-12 as in the NBS IPS QR code
LONGEST_TYPED = 200
LONGEST_APP = 50
SEPARATORS = re.compile(r"[\s.\u2010-\u2015-]+")
# What a bank reads in a name, beside letters, digits and blanks: the table of the National Bank of Serbia.
MARKS = frozenset("!(/@}):[~#*;]$+<^%,=_\"&->`.?{'")
SCRIPTS = ("LATIN", "CYRILLIC", "GREEK")
UPI_ID = re.compile(r"[A-Za-z0-9._-]{2,190}@[A-Za-z][A-Za-z0-9.-]{1,63}")
PAYPAL_NAME = re.compile(
    r"(?:(?:https?://)?(?:www\.)?paypal\.(?:me|com/paypalme)/|@)?([A-Za-z0-9]{1,20})/?", re.IGNORECASE | re.ASCII
)
REVOLUT_NAME = re.compile(
    r"(?:(?:https?://)?(?:www\.)?revolut\.me/|@)?([A-Za-z0-9_]{3,32})/?", re.IGNORECASE | re.ASCII
)
# Countries in SEPA that are not in the European Economic Area: there a payment needs the BIC as well.
BEYOND_EEA = words("AD AL CH GB GG GI IM JE MC MD ME MK RS SM VA")
EEA = words("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK")


class Kind(StrEnum):
    SERBIAN = "serbian"
    IBAN = "iban"
    UPI = "upi"
    PAYPAL = "paypal"
    REVOLUT = "revolut"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Details:
    """`to` is the account, the IBAN, the id or the handle, in its shortest form; of `TEXT` it is what somebody wrote.

    `name` is the payee as their bank knows them; of `TEXT` it is the name of the app. `bic` belongs to an IBAN.
    """

    kind: Kind
    to: str
    name: str = ""
    bic: str = ""

    @property
    def shown(self) -> str:
        """`to` as people write it."""
        if self.kind is Kind.SERBIAN:
            return f"{self.to[:3]}-{int(self.to[3:16])}-{self.to[16:]}"
        return ibans.format(self.to) if self.kind is Kind.IBAN else self.to


def check_details(kind: str, to: str, name: str = "", bic: str = "") -> Details:
    """What somebody typed, tidied. Raises Invalid at the field `kind`, `to`, `name` or `bic`."""
    try:
        known = Kind(kind)
    except ValueError:
        raise Invalid("choice", field="kind") from None
    typed = clean_text(to, field="to", minimum=1, maximum=LONGEST_TYPED)
    if known is Kind.SERBIAN:
        return Details(known, serbian_account(typed), payee_name(name))
    if known is Kind.IBAN:
        account = iban(typed)
        return Details(known, account, payee_name(name), _bic(bic, account))
    if known is Kind.UPI:
        return Details(known, upi_id(typed), payee_name(name))
    if known is Kind.TEXT:
        return Details(known, typed, clean_text(name, field="name", minimum=1, maximum=LONGEST_APP))
    return Details(known, paypal_name(typed) if known is Kind.PAYPAL else revolut_name(typed))


def serbian_account(text: str) -> str:
    """The 18 digits of a Serbian account: bank (3), number (13, with zeros in front), control (2).

    165-55-74 is 165000000000005574; the IBAN of such an account is taken as well.
    """
    parts = SEPARATORS.sub("-", text.strip().upper()).split("-")
    digits = "".join(parts)
    if re.fullmatch("RS[0-9]{20}", digits):
        return iban(digits)[4:]
    if not re.fullmatch("[0-9]+", digits) or len(digits) > 18:
        raise Invalid("account_digits", field="to")
    if len(digits) < 18:
        if len(parts) != 3 or len(parts[0]) != 3 or not parts[1] or len(parts[2]) != 2:
            raise Invalid("account_parts", field="to")
        digits = parts[0] + parts[1].rjust(13, "0") + parts[2]
    if int(digits[16:]) != account_control(digits[:16]):
        raise Invalid("account_control", field="to")
    return digits


def account_control(first: str) -> int:
    """The last two digits of a Serbian account, from the 16 before them."""
    return 98 - int(first) * 100 % 97


def iban(text: str) -> str:
    """The IBAN without blanks. Raises Invalid where its length or a digit is wrong."""
    number = SEPARATORS.sub("", text).upper()
    if not re.fullmatch("[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}", number):
        raise Invalid("iban_form", field="to")
    try:
        ibans.validate(number)
    except ValidationError:
        raise Invalid("iban_check", field="to") from None
    if number.startswith("RS") and int(number[20:]) != account_control(number[4:20]):
        raise Invalid("iban_check", field="to")
    return number


def in_sepa(account: str) -> bool:
    """Whether the account with this IBAN can be paid in euros by a SEPA transfer."""
    return account[:2] in EEA | BEYOND_EEA


def _bic(text: str, account: str) -> str:
    code = SEPARATORS.sub("", clean_text(text, field="bic", maximum=LONGEST_TYPED)).upper()
    if not code:
        if account[:2] in BEYOND_EEA:
            raise Invalid("bic_missing", field="bic")
        return ""
    if not code.isascii() or not bics.is_valid(code):
        raise Invalid("bic_form", field="bic")
    return code


def payee_name(text: str) -> str:
    """The name of whoever is paid, in characters that every bank reads."""
    name = clean_text(text, field="name", minimum=1, maximum=LONGEST_NAME)
    if wrong := "".join(dict.fromkeys(character for character in name if not is_read_by_banks(character))):
        raise Invalid("payee_characters", field="name", characters=wrong)
    return name


def is_read_by_banks(character: str) -> bool:
    if character == " " or character in MARKS or (character.isascii() and character.isdigit()):
        return True
    if unicodedata.category(character)[0] != "L":
        return False
    return unicodedata.name(character, "").partition(" ")[0] in SCRIPTS


def upi_id(text: str) -> str:
    if not UPI_ID.fullmatch(text):
        raise Invalid("upi_form", field="to")
    return text


def paypal_name(text: str) -> str:
    """The name of a PayPal.Me link, also from the whole link."""
    if not (found := PAYPAL_NAME.fullmatch(text)):
        raise Invalid("paypal_form", field="to")
    return found[1]


def revolut_name(text: str) -> str:
    """The name of a revolut.me link, also from the whole link or with @ in front."""
    if not (found := REVOLUT_NAME.fullmatch(text)):
        raise Invalid("revolut_form", field="to")
    return found[1].lower()
