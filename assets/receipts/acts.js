// What is done with receipts beside filling in a form: which dialog is open and about what, spreading, moving, removing.
import i18next from "i18next";
import { getLocal, setLocal } from "../local.js";
import { factsOf } from "../live/store.js";
import { operate } from "../live/operate.js";
import { say, tell } from "../say.js";
import "$/texts/receipts.js";

const DIALOG = "receipts.dialog";
const ABOUT = "receipts.about";
const now = (id) => factsOf("receipts")?.receipts?.[id];

/** Opens a dialog about a receipt as it stands: `revision` is what the person sees from here on. */
export function open(dialog, id = "", more = "") {
  setLocal(ABOUT, { id, more, revision: now(id)?.revision ?? 0 });
  setLocal(DIALOG, dialog);
}
export const close = () => setLocal(DIALOG, "");
/** The person looks again at what somebody else changed. */
export const lookAgain = () => setLocal(ABOUT, { ...getLocal(ABOUT), revision: now(getLocal(ABOUT).id)?.revision ?? 0 });

const quietly = (name, args, words) => operate(name, args, { quiet: true }).then(() => tell(words), say);

/** By value, at once; it is a cost like others, which can be removed again. */
export function spread(run, id, difference) {
  const revision = now(id)?.revision;
  if (revision === undefined) return;
  quietly("spread_difference", { run_id: run, receipt_id: id, difference, revision }, i18next.t("receipts.spread_done"));
}
export function move(run, purchase, receipt) {
  close();
  quietly("move_purchase", { run_id: run, purchase_id: purchase, receipt_id: receipt, revision: now(receipt)?.revision ?? 0 }, i18next.t("receipts.moved"));
}
export function remove(run) {
  const { id, revision } = getLocal(ABOUT);
  close();
  quietly("remove_receipt", { run_id: run, receipt_id: id, revision }, i18next.t("receipts.removed"));
}
export function removeCost(run, receipt, cost, revision) {
  quietly("remove_cost", { run_id: run, receipt_id: receipt, cost_id: cost, revision }, i18next.t("receipts.cost_removed"));
}
export function removePhoto(run) {
  const { more } = getLocal(ABOUT);
  close();
  quietly("remove_attachment", { run_id: run, attachment_id: more }, i18next.t("receipts.photo_removed"));
}
export function corrected() {
  close();
  tell(i18next.t("receipts.corrected"));
}
