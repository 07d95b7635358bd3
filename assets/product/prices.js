// Adding a price and withdrawing one, and the words about it afterwards.
import i18next from "i18next";
import { format } from "../format.js";
import { parseQuantity, plain } from "../numbers.js";
import { readAs } from "../form.js";
import { setLocal } from "../local.js";
import { askFor, factsOf, once } from "../live/store.js";
import { operate } from "../live/operate.js";
import { tell } from "../say.js";

const NONE = [];

/** Currencies in which a price is usually said: those of one's groups, else all; and the one that is shown. */
export const payable = (mine, currency) =>
  once(mine, `payable ${currency}`, () => {
    const usual = mine.length ? [...mine, currency] : [currency, ...(Intl.supportedValuesOf?.("currency") ?? NONE)];
    return [...new Set(usual)];
  }) ?? NONE;

/** For how much a price is asked at first: nobody knows what one gram costs. */
export const firstPer = (unit) => (unit === "g" || unit === "ml" ? "100" : "1");

/** What was saved is shown, and said. A price that was noted today already adds nothing, which is no mistake. */
export function priceAdded(isNew, { price, per = 1000, currency }) {
  const store = document.getElementsByName("store_id")[0]?.dataset.label ?? "";
  const shown = format(i18next.language).figure({ amount: price, per }, factsOf("product")?.unit, currency);
  setLocal("product.dialog", "");
  setLocal("product.currency", currency);
  askFor("product", { currency });
  tell(i18next.t(isNew ? "product.price_added" : "product.price_known", { price: shown, store }));
}

/** The same of what an ordinary shop takes. */
export function ordinaryAdded(isNew, { price, per = 1000, currency }) {
  const shown = format(i18next.language).figure({ amount: price, per }, factsOf("product")?.unit, currency);
  setLocal("product.dialog", "");
  setLocal("product.currency", currency);
  askFor("product", { currency });
  tell(i18next.t(isNew ? "product.ordinary_added" : "product.ordinary_known", { price: shown }));
}
export const withdrawOrdinary = (id) => operate("withdraw_ordinary_price", { price_id: id }).then(() => tell(i18next.t("product.withdrawn")), () => {});

/** One's own at once; about somebody else's an admin is asked first. */
export function withdraw(id, isMine) {
  if (!isMine) return setLocal("product.asked", id);
  setLocal("product.asked", "");
  operate("withdraw_price", { sighting_id: id }).then(() => tell(i18next.t("product.withdrawn")), () => {});
}
export const sightingOf = (sightings, id) => (id && sightings?.find((each) => each.id === id)) || null;

/** What the field for the content begins with. */
export const typedContent = (content) => (content ? plain(content, 3) : "");

// How much is in one unit, in the unit that another field says. What is no number is a content that makes no sense.
readAs("content", (text, { unitIn }, form) => {
  const found = parseQuantity(text, 1, form.get(unitIn));
  return found.error && found.error !== "quantity_thousands" ? { error: "content" } : found;
});
