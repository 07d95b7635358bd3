"""Payment codes: what a QR code or a link says, so that somebody's banking app or wallet fills in a payment by itself.

Nothing is sent anywhere. What the payee typed was checked before (see payouts.py). What a payment is for is fitted to
the format: characters that it can't hold are left out, and the end of a long text as well.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote

from bulq.domain.errors import Invalid
from bulq.domain.payouts import Details, Kind, in_sepa, is_read_by_banks, words

# Of PayPal's currencies those that go from person to person; in these three it takes whole amounts only.
PAYPAL = words("AUD CAD CHF CZK DKK EUR GBP HKD HUF ILS JPY MXN NOK NZD PHP PLN SEK SGD THB TWD USD")
PAYPAL_WHOLE = frozenset(("HUF", "JPY", "TWD"))
# The link takes hundredths; of currencies that are divided otherwise nobody says what it takes.
REVOLUT = words("AUD CAD CHF CZK DKK EUR GBP HKD HUF ILS NOK NZD PLN RON SEK SGD USD")
PERSON_TO_PERSON = 289  # the National Bank of Serbia's code for what citizens pay each other
LONGEST_NBS, LONGEST_EPC, LONGEST_UPI = 35, 140, 50  # characters of what a payment is for
EPC_BYTES = 331  # what a QR code of version 13 at level M holds


@dataclass(frozen=True, slots=True)
class Code:
    """`text` is what the QR code says; `link` opens an app where there is one, else it is empty."""

    text: str
    link: str = ""


def fits(details: Details, currency: str) -> bool:
    """Whether somebody can be paid there in this currency."""
    if details.kind is Kind.SERBIAN:
        return currency == "RSD"
    if details.kind is Kind.IBAN:
        return currency == "EUR" or (currency == "RSD" and details.to.startswith("RS"))
    if details.kind is Kind.UPI:
        return currency == "INR"
    if details.kind is Kind.PAYPAL:
        return currency in PAYPAL
    return currency in REVOLUT if details.kind is Kind.REVOLUT else True


def code_for(details: Details, amount: int, currency: str, purpose: str) -> Code | None:
    """The code for a payment of so many minor units; None where there is none, such as for free text.

    Somebody then copies where to pay and how much.
    """
    try:
        return _code_for(details, amount, currency, purpose)
    except Invalid:
        return None


def _code_for(details: Details, amount: int, currency: str, purpose: str) -> Code | None:
    if details.kind is Kind.SERBIAN:
        return Code(nbs_ips(details.to, details.name, amount, currency, purpose))
    if details.kind is Kind.IBAN and currency == "RSD" and details.to.startswith("RS"):
        return Code(nbs_ips(details.to[4:], details.name, amount, currency, purpose))
    if details.kind is Kind.IBAN:
        return Code(epc(details, amount, currency, purpose))
    if details.kind is Kind.TEXT:
        return None
    if details.kind is Kind.UPI:
        link = upi(details.to, details.name, amount, currency, purpose)
    elif details.kind is Kind.PAYPAL:
        link = paypal(details.to, amount, currency)
    else:
        link = revolut(details.to, amount, currency)
    return Code(link, link)


def nbs_ips(account: str, name: str, amount: int, currency: str, purpose: str = "") -> str:
    """The text of an NBS IPS QR code, for 18 digits of an account and an amount in paras."""
    _need(currency, "RSD")
    said = f"RSD{_decimal(amount, 12).replace('.', ',')}"
    tags = {"K": "PR", "V": "01", "C": "1", "R": account, "N": name, "I": said, "SF": str(PERSON_TO_PERSON)}
    if fitted := _fitted(purpose, LONGEST_NBS):
        tags["S"] = fitted
    return "|".join(f"{tag}:{value}" for tag, value in tags.items())


def epc(details: Details, amount: int, currency: str, purpose: str = "") -> str:
    """The text of an EPC QR code (EPC069-12, version 002) for a SEPA transfer; the last line is never an empty one."""
    _need(currency, "EUR")
    if not in_sepa(details.to):
        raise Invalid("payment_code_country", field="to")
    lines = ["BCD", "002", "1", "SCT", details.bic, details.name, details.to, f"EUR{_decimal(amount, 9)}"]
    room = EPC_BYTES - len("\n".join([*lines, "", "", ""]).encode())
    if fitted := _fitted(purpose, LONGEST_EPC).encode()[:room].decode(errors="ignore").strip():
        lines += ["", "", fitted]
    return "\n".join(lines)


def upi(upi_id: str, name: str, amount: int, currency: str, purpose: str = "") -> str:
    """A link that opens the payer's UPI app, for an amount in paise; blanks are %20."""
    _need(currency, "INR")
    parts = {"pa": quote(upi_id, safe="@"), "pn": quote(name, safe=""), "am": _decimal(amount, 9), "cu": "INR"}
    if fitted := _fitted(purpose, LONGEST_UPI):
        parts["tn"] = quote(fitted, safe="")
    return "upi://pay?" + "&".join(f"{name}={value}" for name, value in parts.items())


def paypal(name: str, amount: int, currency: str) -> str:
    _need(currency, *PAYPAL)
    said = str(_positive(amount)) if currency == "JPY" else _decimal(amount, 7)
    if currency in PAYPAL_WHOLE and currency != "JPY":
        said, fraction = said.split(".")
        if int(fraction):
            raise Invalid("payment_code_whole", field="amount")
    return f"https://paypal.me/{name}/{said}{currency}"


def revolut(name: str, amount: int, currency: str) -> str:
    _need(currency, *REVOLUT)
    return f"https://revolut.me/{name}?currency={currency}&amount={_positive(amount)}"


def _need(currency: str, *possible: str) -> None:
    if currency not in possible:
        raise Invalid("payment_code_currency", field="currency")


def _positive(amount: int) -> int:
    if amount <= 0:
        raise Invalid("money_positive", field="amount")
    return amount


def _decimal(amount: int, digits: int) -> str:
    """Hundredths as a number with two decimals, and at most so many digits before the point."""
    whole, rest = divmod(_positive(amount), 100)
    if whole >= 10**digits:
        raise Invalid("payment_code_amount", field="amount")
    return f"{whole}.{rest:02}"


def _fitted(text: str, longest: int) -> str:
    """So much of the text as the format holds, in characters that banks read; accents go where they must."""
    composed = unicodedata.normalize("NFC", text[: 20 * longest])
    found = "".join(character if is_read_by_banks(character) else _plain(character) for character in composed)
    return re.sub(" +", " ", found).strip()[:longest].strip()


def _plain(character: str) -> str:
    """The same letter without its accents, or a blank."""
    parts = unicodedata.normalize("NFKD", character)
    return "".join(part for part in parts if is_read_by_banks(part)) or " "
