// Signing out. It takes effect on this device at once, also without a network: nothing is shown or kept from then on, and
// the server is told as soon as it can be reached.
import i18next from "i18next";
import { setLocal } from "../local.js";
import { tell } from "../say.js";
import { workOffline } from "../offline/switch.js";
import { keptOperations, readOwner } from "./kept.js";
import "$/texts/frame.js";

const KEY = "bulq.leaving";
const ASKS = "leaving.waiting"; // how many changes wait, while it is asked whether to sign out all the same
let forget = () => {};

/** Says how this page forgets whoever is here. */
export const forgetBy = (act) => (forget = act);

/** Whether somebody has signed out here and the server has not heard of it. */
export function isLeaving() {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return false; // without storage the page itself has to stay until the server has heard
  }
}
function wish(leaving) {
  try {
    if (leaving) localStorage.setItem(KEY, "1");
    else localStorage.removeItem(KEY);
  } catch {
    // See isLeaving.
  }
}

/** Somebody signs in here: that is not undone by whoever left before. */
export const stay = () => wish(false);

/** Signs out, after a question where changes of this person are still on the device alone. */
export async function signOut() {
  const person = await readOwner();
  const waiting = (await keptOperations()).filter((each) => each.user === person).length;
  if (waiting) setLocal(ASKS, waiting);
  else leave();
}

export async function leave() {
  setLocal(ASKS, 0);
  workOffline(false); // whoever comes next begins with a network
  wish(true);
  forget();
  if (!(await tellServer())) tell(i18next.t("frame.leaves_later"));
}

/** Resolves to whether the server knows. */
export async function tellServer() {
  try {
    const answer = await fetch("/api/v1/session", { method: "DELETE", credentials: "same-origin", headers: { "Content-Type": "application/json" }, body: "{}" });
    if (!answer.ok && answer.status !== 401) return false;
  } catch {
    return false;
  }
  wish(false);
  if (location.pathname !== "/login") location.assign("/login");
  return true;
}
