// Spoiled goods of a run: what people reported, who is asked whether theirs is spoiled, too, and how it was credited.
import i18next from "i18next";
import { format } from "../format.js";
import { operate } from "../live/operate.js";
import { say, tell } from "../say.js";
import { keepEqual } from "../live/store.js";
import "$/texts/spoiled.js";
import "$/texts/unit.js";

const quietly = (name, args, words) => operate(name, args, { quiet: true }).then(() => tell(words), say);
const reported = (reports) => Object.values(reports ?? {}).filter((each) => each.quantity > 0);
const saidBy = (reports, item, me) => Object.values(reports ?? {}).find((each) => each.item_id === item && each.user_id === me);

/** [id, "Tomatoes, 1.5 kg"] of what this person got and may report. */
export function mine(items, reports, me) {
  const own = format(i18next.language);
  return Object.values(items ?? {})
    .filter((each) => each.got[me] > 0 && !saidBy(reports, each.id, me)?.credit)
    .map((each) => [each.id, i18next.t("spoiled.choice", { product: each.name, quantity: own.quantity(each.got[me], each.unit) })]);
}

let lastAsked = [];
/** Goods that somebody else reported, of which this person has some and has said nothing yet. */
export function asked(items, reports, me) {
  const found = Object.values(items ?? {})
    .filter((each) => each.got[me] > 0 && !saidBy(reports, each.id, me) && reported(reports).some((other) => other.item_id === each.id))
    .map((each) => ({ id: each.id, product: each.name }));
  lastAsked = keepEqual(lastAsked, found);
  return lastAsked;
}

const NO_PHOTO = { id: "", is_pdf: false, url: "", thumbnail: "", width: 1, height: 1, alt: "", opens: "" };
function photoOf({ photo }, run, values) {
  if (!photo) return NO_PHOTO;
  const url = `/api/v1/runs/${run}/attachments/${photo.id}`;
  const { id, width, height } = photo;
  return { id, is_pdf: photo.kind === "pdf", url, thumbnail: `${url}/thumbnail`, width, height, alt: i18next.t("spoiled.photo_of", values), opens: i18next.t("spoiled.photo_open", values) };
}
/** The photo that the open dialog shows. */
export const photo = (found, id) => found.find((each) => id && each.photo.id === id)?.photo ?? NO_PHOTO;

let lastRows = [];
/** What was reported, in words, and whether this person may decide about it: the leader, once the run is completed. */
export function rows(items, reports, me, leader, phase, currency, run) {
  const own = format(i18next.language);
  const found = reported(reports).map((each) => {
    const goods = items?.[each.item_id];
    const values = {
      name: each.name,
      product: goods?.name ?? "",
      quantity: own.quantity(each.quantity, goods?.unit ?? "piece"),
      amount: own.money(each.credit ? each.amount : each.worth, currency),
    };
    const state = each.credit ? (each.amount ? `credited_${each.credit}` : "not_credited") : phase === "completed" ? "open" : "later";
    return {
      id: each.id,
      quantity: each.quantity,
      called: i18next.t("spoiled.called", values),
      note: each.note,
      photo: photoOf(each, run, values),
      state: i18next.t(`spoiled.${state}`, values),
      about: i18next.t("spoiled.about", values),
      decidable: !each.credit && phase === "completed" && leader === me,
    };
  });
  lastRows = keepEqual(lastRows, found);
  return lastRows;
}

export const credit = (run, report, seen, from) =>
  quietly("credit_spoiled", { run_id: run, spoilage_id: report, credit: from, seen }, i18next.t("spoiled.decided"));
export const fine = (run, item) => quietly("say_fine", { run_id: run, item_id: item }, i18next.t("spoiled.thanks"));
