// Numbers as people type them: quantities in thousandths of a unit, money in minor units. The rules are those of
// bulq/domain/quantities.py; a test compares the two.
import { decimal } from "./format.js";

const WEIGHED = ["kg", "g", "l", "ml"];
const FINE = ["kg", "l", "m"]; // of these a scale shows thousandths
const MAX_QUANTITY = 9_999_000;
const MAX_CHARACTERS = 20;
const BLANKS = " \u00a0\u2009\u202f";
const MARKS = `.,'\u2019${BLANKS}`;
const PLAIN = /^(\d*)(?:[.,](\d+))?$/;
const GROUPED = new RegExp(
  `^(?:(\\d{1,3}([${MARKS}])\\d{3}(?:\\2\\d{3})*)|(\\d{1,2}([${MARKS}])(?:\\d{2}\\4)+\\d{3}))(?:([.,])(\\d+))?$`,
);

/** The smallest part that can be bought: of weighed goods the step binds bids, never the scale. */
export const scaleStep = (unit, step) => (WEIGHED.includes(unit) ? 1 : step);

/** A whole number of smallest parts as digits, without trailing zeros: "2.5". */
export const plain = (whole, places) => decimal(whole, places).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");

class Wrong extends Error {
  constructor(error, values = {}) {
    super(error);
    Object.assign(this, { error, values });
  }
}
const attempt = (parse) => {
  try {
    return { value: parse() };
  } catch (wrong) {
    if (wrong instanceof Wrong) return { error: wrong.error, values: wrong.values };
    throw wrong;
  }
};

/** {value} in thousandths, or {error, values} of a refusal. "1,000" g is a thousand to some and one to others: refused. */
export const parseQuantity = (text, step, unit) =>
  attempt(() => {
    const typed = unsigned(text, "quantity", "quantity_positive");
    const match = PLAIN.exec(typed);
    if (!match) throw new Wrong("quantity_not_a_number");
    const [, whole, fraction = ""] = match;
    const grouped = fraction.length === 3 && (step % 1000 === 0 || !FINE.includes(unit));
    if (grouped && whole.length >= 1 && whole.length <= 3 && !whole.startsWith("0")) {
      const thousand = Number(whole + fraction);
      throw new Wrong("quantity_thousands", { thousand, one: plain(thousand, 3) });
    }
    if (fraction.replace(/0+$/, "").length > 3) throw offStep(step);
    const quantity = Number(whole || "0") * 1000 + Number(fraction.slice(0, 3).padEnd(3, "0"));
    checkQuantity(quantity, step);
    return quantity;
  });

function checkQuantity(quantity, step) {
  if (quantity <= 0) throw new Wrong("quantity_positive");
  if (quantity > MAX_QUANTITY) throw new Wrong("quantity_too_large", { max: MAX_QUANTITY / 1000 });
  if (quantity % step) throw offStep(step);
}

const offStep = (step) => new Wrong("quantity_step", { step: plain(step, 3) });

/** {value} in minor units of a currency with `places` decimals, or {error, values}. 0 is an amount. */
export const parseMoney = (text, places) =>
  attempt(() => {
    const typed = unsigned(text, "money", "money_negative");
    const [whole, fraction] = moneyParts(typed);
    if (fraction.length > places) throw new Wrong("money_decimals", { decimals: places });
    const amount = BigInt(whole || "0") * 10n ** BigInt(places) + BigInt(fraction.padEnd(places, "0") || "0");
    const maximum = 1_000_000n * 10n ** BigInt(places) - 1n;
    if (amount > maximum) throw new Wrong("money_too_large", { max: decimal(maximum, places) });
    return Number(amount);
  });

function moneyParts(typed) {
  const match = PLAIN.exec(typed);
  if (match) return [match[1], match[2] ?? ""];
  const groups = GROUPED.exec(typed);
  if (!groups) throw new Wrong("money_not_a_number");
  const [, thousands, mark, lakhs, lakhMark, point, fraction = ""] = groups;
  if (point && point === (mark ?? lakhMark)) throw new Wrong("money_not_a_number");
  return [(thousands ?? lakhs).replace(/\D/g, ""), fraction];
}

function unsigned(text, kind, negative) {
  const typed = text.replace(new RegExp(`^[${BLANKS}]+|[${BLANKS}]+$`, "g"), "");
  if (!typed) throw new Wrong(`${kind}_missing`);
  if ([...typed].length > MAX_CHARACTERS) throw new Wrong(`${kind}_not_a_number`);
  if (/^[-\u2212][0-9.,]*[0-9]$/.test(typed)) throw new Wrong(negative);
  const number = typed.replace(/^\+/, "");
  if (!number) throw new Wrong(`${kind}_not_a_number`);
  return number;
}

/** What `quantity` thousandths cost at `price` for `per` thousandths, half up. */
export const costOf = (quantity, price, per) => Number((2n * BigInt(quantity) * BigInt(price) + BigInt(per)) / (2n * BigInt(per)));
/** The price for `per` thousandths of what cost `total`, half up. */
export const priceOf = (total, quantity, per) => Number((2n * BigInt(per) * BigInt(total) + BigInt(quantity)) / (2n * BigInt(quantity)));
