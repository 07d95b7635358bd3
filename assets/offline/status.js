// What a page says of the network: whether a run is on the device, what was not taken in, and how old the facts are.
import { createElement, useEffect, useState } from "react";
import { useParams } from "react-router";
import { useT } from "../i18n.js";
import { copy } from "../copy.js";
import { useFormat } from "../format.js";
import { useAsOf } from "../live/store.js";
import { settle, useRefused } from "../live/operate.js";
import { words } from "../say.js";
import { keepRun, useStanding } from "./keep.js";
import { useWorksOffline, workOffline } from "./switch.js";
import "$/texts/offline.js";

const press = (label, onClick, look = "btn-ghost btn-small") => createElement("button", { type: "button", className: `btn ${look}`, onClick }, label);

/** Whether the run is kept on this device, a way to keep it, and the switch that works without a network on purpose. */
export function WithoutNetwork({ run }) {
  const t = useT();
  const standing = useStanding(run);
  const offline = useWorksOffline();
  const id = `offline-${run}`;
  const hindered = { no_worker: t("offline.no_worker"), no_room: t("offline.no_room") }[standing];
  const keep = standing === "ready" ? createElement("p", { className: "chip chip-good" }, t("offline.ready")) : press(standing === "keeping" ? t("offline.keeping") : t("offline.keep"), () => keepRun(run));
  return createElement(
    "div",
    { className: "grid gap-3" },
    createElement("div", { role: "status", className: "flex flex-wrap items-center gap-3" }, keep, hindered ? createElement("p", { className: "text-muted text-[13.5px] basis-full" }, hindered) : null),
    createElement(
      "label",
      { className: "flex items-start gap-3", htmlFor: id },
      createElement("input", { id, type: "checkbox", role: "switch", className: "check mt-0.5", checked: offline, onChange: (event) => workOffline(event.target.checked) }),
      createElement("span", null, createElement("span", { className: "block font-semibold" }, t("offline.switch")), createElement("span", { className: "block text-muted text-[13.5px]" }, t("offline.switch_hint"))),
    ),
  );
}

/** "as of 12:40", while what is shown may have changed elsewhere. */
export function AsOf({ view, className }) {
  const t = useT();
  const own = useFormat();
  const at = useAsOf(view);
  return createElement("span", { role: "status", className: `${className} num empty:hidden` }, at ? t("offline.as_of", { time: own.moment(new Date(at).toISOString(), Intl.DateTimeFormat().resolvedOptions().timeZone) }) : null);
}

// What was not taken in

/** In words what somebody did, for the page and for copying. */
function useStory() {
  const t = useT();
  const own = useFormat();
  return ({ name, arguments: args, told = {} }) => {
    const { name: product, content, unit, currency } = told;
    const values = { product: product ? own.product(product, content) : t("offline.something") };
    if (args.quantity !== undefined) values.amount = unit ? own.quantity(args.quantity, unit) : own.number(args.quantity);
    if (args.total !== undefined) values.total = currency ? own.money(args.total, currency) : "";
    return t(`offline.did_${name}`, values);
  };
}

/** Other arguments with which an overtaken change is done all the same, if somebody says so. */
function insist({ arguments: args, refusal }) {
  if (refusal.error !== "purchase_changed") return undefined;
  const { current, current_quantity, payer_id } = refusal.values;
  return { ...args, seen: [current_quantity, current, payer_id] };
}

/** What this person did in the run without a network, and the server did not take in. Nothing goes before they have looked. */
export function NotTakenIn() {
  const { run_id: run } = useParams();
  const t = useT();
  const story = useStory();
  const rows = useRefused().filter((each) => each.arguments.run_id === run);
  if (!rows.length) return null;
  return createElement(
    "section",
    { className: "card mb-4", "aria-labelledby": "not-taken-in" },
    createElement("h2", { id: "not-taken-in", className: "px-4 pt-4" }, t("offline.refused")),
    createElement("p", { className: "px-4 text-muted text-[13.5px]" }, t("offline.refused_hint")),
    createElement("ul", null, rows.map((each) => createElement(Refused, { key: each.id, operation: each, said: story(each) }))),
  );
}

function Refused({ operation, said }) {
  const t = useT();
  const [why, setWhy] = useState("");
  useEffect(() => void words(operation.refusal).then(setWhy, () => {}), [operation]);
  const instead = insist(operation);
  return createElement(
    "li",
    { className: "px-4 py-3 border-t border-line first:border-0 grid gap-2", "data-refused": operation.name },
    createElement("div", null, createElement("b", { className: "break-words" }, said), createElement("p", { className: "text-[14px] text-muted" }, why)),
    createElement(
      "div",
      { className: "flex flex-wrap gap-2" },
      instead ? press(t("offline.insist"), () => settle(operation, instead), "btn-primary btn-small") : null,
      press(t("offline.copy"), () => copy(`${said}: ${why}`)),
      press(t("offline.dismiss"), () => settle(operation), "btn-plain btn-small"),
    ),
  );
}
