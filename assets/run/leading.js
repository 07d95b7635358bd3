// The leader's steps. What needs an agreement is asked first, naming what it is about as it stands on the screen; what
// can't work is refused without a question.
import { useEffect } from "react";
import { useLocation, useNavigate } from "react-router";
import { getLocal, setLocal } from "../local.js";
import { operate } from "../live/operate.js";
import { factsOf } from "../live/store.js";
import { say, words } from "../say.js";
import { boughtCount, notReady, openCases, stillToBuy, waitingLines } from "./rows.js";

const DIALOG = "run.dialog";
let navigate;

const CHOSEN = ["run.find", "run.shown", "run.tag", "run.grouped"];
let last;
/** Shows nothing. When the page is left, what was open on it is closed; another run begins with all its products. */
export function Leading() {
  const { pathname } = useLocation();
  navigate = useNavigate();
  useEffect(() => {
    if (last && last !== pathname) for (const name of CHOSEN) setLocal(name, undefined);
    last = pathname;
    return close;
  }, [pathname]);
  return null;
}

export function open(name) {
  setLocal("run.alert", "");
  setLocal(DIALOG, name);
}
export const close = () => open("");

const busy = new Set();
/** Does it once, however often it is tapped; `asks` are refusals that only ask for an agreement, which `dialog` does. */
async function lead(name, args, { asks = [], dialog, stays = false } = {}) {
  if (busy.has(name)) return false;
  busy.add(name);
  try {
    await operate(name, args, { quiet: true });
    if (getLocal(DIALOG) && !stays) close();
    return true;
  } catch (refusal) {
    if (refusal.error === "difference_open") open("unexplained");
    else if (dialog && asks.includes(refusal.error)) {
      if (getLocal(DIALOG) !== dialog) open(dialog);
      else setLocal("run.alert", await words(refusal));
    } else if (getLocal(DIALOG) && refusal.error !== "not_signed_in") setLocal("run.alert", await words(refusal));
    else say(refusal);
    return false;
  } finally {
    busy.delete(name);
  }
}

const ids = (rows, key = "id") => rows.map((row) => row[key]);

/** Confirms at once when everybody is ready, else asks, naming those who are not. */
export function askConfirm(run) {
  const { people, products } = factsOf("run");
  const anyFirm = Object.values(products).some((product) => product.wanted > 0);
  if (anyFirm && notReady(people).length) open("confirm");
  else confirm(run);
}
/** Once that is done the leader is asked about cases that the bids leave open. */
export async function confirm(run) {
  const waiting = ids(notReady(factsOf("run").people));
  const done = await lead("confirm_run", { run_id: run, not_ready: waiting }, { asks: ["not_all_ready"], dialog: "confirm" });
  if (done && openCases(factsOf("run")?.products)) open("cases");
}

/** Fills an open case or leaves it, with the effect that is on the screen. Others may be left to decide on. */
export function settleCase(run, product, fill, effect) {
  const reason = getLocal("run.case_reason") ?? "";
  const settled = lead("settle_case", { run_id: run, product_id: product, fill, effect, reason }, { asks: ["case_changed"], dialog: "cases", stays: openCases(factsOf("run")?.products) > 1 });
  settled.then((done) => done && setLocal("run.case_reason", ""));
}

export const reopen = (run) => void lead("reopen_bidding", { run_id: run });
export const startShopping = async (run) => (await lead("start_shopping", { run_id: run })) && navigate(`/runs/${run}/shopping`);
export const stopShopping = (run) => void lead("stop_shopping", { run_id: run });

/** Finishes at once when everything is bought or marked, else asks, naming what is still to buy. */
export function askFinish(run) {
  const { products } = factsOf("run");
  if (stillToBuy(products).length || !boughtCount(products)) open("finish");
  else finish(run);
}
export function finish(run) {
  const { products } = factsOf("run");
  const asked = getLocal(DIALOG) === "finish";
  const agreed = { not_there: asked ? ids(stillToBuy(products), "item_id") : [], nothing_is_fine: asked && !boughtCount(products) };
  lead("finish_shopping", { run_id: run, ...agreed }, { asks: ["items_open", "nothing_bought"], dialog: "finish" });
}

export const finishAdjusting = (run) => void lead("finish_adjusting", { run_id: run });
export const share = (run, effect, takesRest) =>
  void lead("share_fairly", { run_id: run, effect, leader_takes_rest: !!takesRest }, { asks: ["shares_changed"], dialog: "share" });

/** Completes at once when everything is picked up and paid for, else asks, or leads to the receipts. */
export function askComplete(run) {
  if (factsOf("run")?.unexplained) open("unexplained");
  else if (waitingLines(factsOf("pick_up")?.people).length) open("complete");
  else complete(run);
}
export function complete(run) {
  const rest = getLocal(DIALOG) === "complete" ? waitingLines(factsOf("pick_up")?.people) : [];
  lead("complete_run", { run_id: run, rest_picked_up: rest }, { asks: ["not_all_picked_up"], dialog: "complete" });
}

export const handOver = (run, user) => void lead("offer_lead", { run_id: run, user_id: user });
