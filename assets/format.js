// Money, quantities, days and times in the language of the page, from the whole numbers and ISO times that facts hold.
import i18next from "i18next";
import { useTranslation } from "react-i18next";
import { clock } from "./clock.js";

const WHOLE = new Set("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(" "));
const THOUSANDS = new Set("BHD IQD JOD KWD LYD OMR TND".split(" "));
/** How many decimals the smallest part of a currency has (ISO 4217). */
export const exponent = (currency) => (WHOLE.has(currency) ? 0 : THOUSANDS.has(currency) ? 3 : 2);

// The day before the month and a clock of 24 hours, also in English.
const LOCALES = { en: "en-GB" };
/** By which days and times are written in this language. */
export const localeOf = (language) => LOCALES[language] ?? language;
const ONE = 1000;
const DAY_MS = 86_400_000;

// Making a formatter takes a hundred times as long as using one.
const made = new Map();
const formatter = (kind, language, options) => {
  const key = `${kind} ${language} ${JSON.stringify(options)}`;
  if (!made.has(key)) made.set(key, new Intl[kind](language, options));
  return made.get(key);
};

/** A whole number of smallest parts as decimal text, of which Intl keeps every digit. */
export const decimal = (whole, places) => {
  if (!places) return String(whole);
  const digits = String(whole).replace("-", "").padStart(places + 1, "0");
  return `${whole < 0 ? "-" : ""}${digits.slice(0, -places)}.${digits.slice(-places)}`;
};

function make(language) {
  const locale = localeOf(language);
  const t = (key, values) => i18next.t(key, { lng: language, ...values });
  const number = (thousandths) => formatter("NumberFormat", language, { maximumFractionDigits: 3 }).format(decimal(thousandths ?? 0, 3));
  const unit = (name, thousandths) => t(`unit.${name}`, { count: (thousandths ?? 0) / ONE });
  const quantity = (thousandths, name) => t("format.quantity", { amount: number(thousandths), unit: unit(name, thousandths) });
  const money = (minor, currency, symbol = true) => {
    if (minor === undefined || minor === null) return "";
    const places = exponent(currency);
    const digits = { minimumFractionDigits: places, maximumFractionDigits: places };
    const options = symbol ? { style: "currency", currency, ...digits } : digits;
    return formatter("NumberFormat", language, options).format(decimal(minor, places));
  };
  /** What a price is for: "pack", "3 packs", "250 g", "kg". */
  const priceQuantity = (per, name) => {
    if (per === ONE) return unit(name, ONE);
    if (per === ONE * ONE && (name === "g" || name === "ml")) return unit(name === "g" ? "kg" : "l", ONE);
    return quantity(per, name);
  };
  /** With the quantity from which on it counts, and of what is sold in packs only how many are in one. */
  const withTerms = (said, minimum = 0, pack = 0, name) => {
    const packed = pack ? t("format.price_pack", { price: said, quantity: quantity(pack, name) }) : said;
    return minimum === pack ? packed : t("format.price_from", { price: packed, quantity: quantity(minimum, name) });
  };
  /** "7.99 / pack", "about 10.01 / kg", "8.00 / pack from 6 packs", "0.90 / piece in cases of 6 pieces". */
  const price = ({ amount, per, exact = true, minimum, pack }, name, currency, symbol = false) => {
    const values = { price: money(amount, currency, symbol), quantity: priceQuantity(per, name) };
    return withTerms(t(exact ? "format.price" : "format.price_about", values), minimum, pack, name);
  };
  /** Where everybody knows what one unit is: "€7.99", but "€0.99 / 250 g", and "€7.00 from 6 packs". */
  const figure = (seen, name, currency) => {
    if (!seen) return "";
    if (seen.per !== ONE || seen.exact === false) return price(seen, name, currency, true);
    return withTerms(money(seen.amount, currency), seen.minimum, seen.pack, name);
  };
  /** "€1.60 / kg" */
  const unitPrice = (per, currency) => (per ? t("format.price", { price: money(per.amount, currency), quantity: unit(per.unit, ONE) }) : "");
  const named = (type) => (code) => (code ? (formatter("DisplayNames", language, { type, fallback: "code" }).of(code) ?? code) : "");
  const date = (options) => (iso) => (iso ? formatter("DateTimeFormat", locale, { ...options, timeZone: "UTC" }).format(new Date(`${iso}T00:00Z`)) : "");
  return {
    number,
    unit,
    quantity,
    money,
    price,
    priceQuantity,
    figure,
    unitPrice,
    /** What else a price comes to: other offers, and the price of one kg, litre or piece. */
    otherPrices: (offers, perUnit, name, currency) =>
      [...(offers ?? []).slice(1).map((offer) => figure(offer, name, currency)), unitPrice(perUnit, currency)].filter(Boolean).join(" · "),
    languageName: named("language"),
    /** [code, "EUR · Euro"] of each. */
    currencies: (codes) => (codes ?? []).map((code) => [code, t("format.currency", { code, name: named("currency")(code) })]),
    /** The name of a product, with its content where the name doesn't say it. */
    product: (name, content) => (content ? t("format.product", { name, content: quantity(content[0], content[1]) }) : (name ?? "")),
    /** "08:00–13:00, 17:00–20:00" of minutes from midnight to open and to close, in turn. */
    spans: (minutes) => {
      const spans = [];
      for (let n = 0; n + 1 < (minutes?.length ?? 0); n += 2) spans.push(`${clock(minutes[n])}\u2013${clock(minutes[n + 1])}`);
      return formatter("ListFormat", locale, { type: "unit", style: "short" }).format(spans);
    },
    day: date({ weekday: "short", day: "numeric", month: "short" }),
    fullDay: date({ day: "numeric", month: "short", year: "numeric" }),
    localTime,
    moment: (iso, timeZone) =>
      iso
        ? formatter("DateTimeFormat", locale, {
            weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone,
          }).format(new Date(iso))
        : "",
  };
}

const all = new Map();
export const format = (language) => {
  if (!all.has(language)) all.set(language, make(language));
  return all.get(language);
};
export const useFormat = () => format(useTranslation().i18n.language);

const zoned = (timeZone) =>
  formatter("DateTimeFormat", "en-GB", { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone });
/** What clocks in a zone show at a moment, as a field of a form takes it: "2026-11-30T18:00". */
function localTime(iso, timeZone) {
  if (!iso) return "";
  const at = Object.fromEntries(zoned(timeZone).formatToParts(new Date(iso)).map(({ type, value }) => [type, value]));
  return `${at.year}-${at.month}-${at.day}T${at.hour}:${at.minute}`;
}

const AMOUNTS = ["before", "after", "seen", "current", "amount", "total", "expected"];
const QUANTITIES = ["quantity", "seen_quantity", "current_quantity"];

/**
 * The values of a sentence with its numbers in words. With a `unit` they are thousandths of it; with a `currency` AMOUNTS
 * are minor units of money.
 */
export function spelled(values = {}, language) {
  const own = format(language);
  const shown = { ...values };
  for (const name of [...AMOUNTS, ...QUANTITIES]) {
    if (!Number.isInteger(values[name])) continue;
    if (values.currency && AMOUNTS.includes(name)) shown[name] = own.money(values[name], values.currency);
    else if (values.unit) shown[name] = own.quantity(values[name], values.unit);
  }
  return shown;
}

/** The moment, in ISO 8601 and UTC, at which clocks in a zone show this local time ("2026-11-30T18:00"). */
export function instant(local, zone) {
  const wanted = Date.parse(`${local}Z`);
  if (Number.isNaN(wanted)) return local; // whatever it is, the server says what is wrong with it
  const parts = formatter("DateTimeFormat", "en-GB", {
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: zone,
  });
  const shownAt = (at) => {
    const found = Object.fromEntries(parts.formatToParts(new Date(at)).map(({ type, value }) => [type, value]));
    return Date.parse(`${found.year}-${found.month}-${found.day}T${found.hour}:${found.minute}:${found.second}Z`);
  };
  // The offset of the day before and that of the day after: when clocks are put back, the hour that comes twice is the
  // first one, and when they are put forward, the hour that is left out counts as if they had not been.
  const [before, after] = [-DAY_MS, DAY_MS].map((aside) => wanted + aside - shownAt(wanted + aside) + wanted);
  const found = shownAt(before) !== wanted && shownAt(after) === wanted ? after : before;
  return new Date(found).toISOString();
}
