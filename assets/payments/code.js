// How to pay somebody what I owe them: a button that opens a dialog with the QR code, the amount, and everything to copy.
// It is asked of the server when the dialog opens and forgotten when it closes: no device keeps it.
import { createElement, useEffect, useState } from "react";
import i18next from "i18next";
import { CopyButton } from "../copy.js";
import { Dialog } from "../dialog.js";
import { decimal, exponent, useFormat } from "../format.js";
import { words } from "../say.js";
import "$/texts/pay.js";
import "$/texts/payouts.js";
import "$/texts/kit.js";

const PICTURE = 8; // pixels of each unit in a picture that is saved
const HINTS = {
  serbian: (t) => t("pay.hint_serbian"),
  iban: (t) => t("pay.hint_iban"),
  upi: (t) => t("pay.hint_upi"),
  paypal: (t) => t("pay.hint_paypal"),
  revolut: (t) => t("pay.hint_revolut"),
};
const t = (key, values) => i18next.t(key, values);

/** {facts} or {refusal}. Without an amount it is what I owe. */
async function ask(group, payee, currency, amount) {
  const asked = new URLSearchParams();
  if (currency) asked.set("currency", currency);
  if (amount) asked.set("amount", amount);
  try {
    const answer = await fetch(`/api/v1/private/groups/${group}/pay/${payee}${asked.size ? `?${asked}` : ""}`, { credentials: "same-origin" });
    if (answer.ok) return { facts: await answer.json() };
    return { refusal: { error: answer.status === 404 ? "owes_nothing" : "out_of_reach" } };
  } catch {
    return { refusal: { error: "out_of_reach" } };
  }
}

/** `group` and `payee` are ids, `name` is the payee's; `amount` in minor units of `currency`, both optional. */
export function PaymentCode({ group, payee, name, currency, amount, label, className, icon }) {
  const [open, setOpen] = useState(false);
  return [
    createElement("button", { key: "open", type: "button", className, onClick: () => setOpen(true) }, icon, label),
    createElement(
      Dialog,
      { key: "code", open, title: t("pay.title", { name }), closeLabel: t("kit.close"), onClose: () => setOpen(false) },
      open ? createElement(Asked, { group, payee, currency, amount }) : null,
    ),
  ];
}

function Asked({ group, payee, currency, amount }) {
  const [answer, setAnswer] = useState({});
  const [said, say] = useState("");
  useEffect(() => {
    let here = true;
    ask(group, payee, currency, amount).then(async (found) => {
      const text = found.refusal ? await words(found.refusal) : "";
      if (!here) return;
      say(text);
      setAnswer(found);
    });
    return () => void (here = false);
  }, []);
  if (answer.facts) return createElement(Code, { facts: answer.facts });
  const waiting = createElement("div", { className: "pay-qr skeleton", role: "status", "aria-busy": true }, createElement("span", { className: "sr-only" }, t("kit.loading")));
  return createElement("div", { className: "pay" }, said ? createElement("p", { role: "alert", className: "notice notice-bad" }, said) : waiting);
}

function Code({ facts }) {
  const ways = Object.values(facts.ways ?? {});
  const [chosen, choose] = useState(ways[0]?.id);
  const format = useFormat();
  const way = ways.find((each) => each.id === chosen);
  const shown = format.money(facts.amount, facts.currency);
  const plain = decimal(facts.amount, exponent(facts.currency));
  return createElement(
    "div",
    { className: "pay" },
    ways.length > 1 ? createElement(Ways, { ways, chosen, choose }) : null,
    way ? null : createElement("p", { className: "text-muted" }, t("pay.nowhere", { name: facts.name })),
    way?.path ? createElement(Picture, { way, facts }) : null,
    way ? createElement("p", { className: "text-muted text-center" }, way.path ? HINTS[way.kind](t) : t("pay.hint_copy")) : null,
    way?.link ? createElement("a", { className: "btn btn-primary justify-self-center", href: way.link, target: way.link.startsWith("https:") ? "_blank" : undefined, rel: "noreferrer" }, t("pay.open", { app: kindOf(way) })) : null,
    createElement(
      "dl",
      { className: "pay-fields" },
      createElement(Field, { label: t("pay.amount"), shown, copies: plain }),
      way ? createElement(Field, { label: kindOf(way), shown: way.shown, copies: way.account }) : null,
      way?.name && way.kind !== "text" ? createElement(Field, { label: t("payouts.name"), shown: way.name, copies: way.name }) : null,
      way?.bic ? createElement(Field, { label: t("payouts.bic"), shown: way.bic, copies: way.bic }) : null,
      createElement(Field, { label: t("pay.purpose"), shown: facts.purpose, copies: facts.purpose }),
    ),
    way ? createElement("p", { className: "field-hint" }, t("pay.since", { name: facts.name, day: format.fullDay(way.changed_at.slice(0, 10)) })) : null,
  );
}

const kindOf = (way) => (way.kind === "text" ? way.name : t(`payouts.kind_${way.kind}`));

function Ways({ ways, chosen, choose }) {
  return createElement(
    "div",
    { role: "group", "aria-label": t("pay.ways"), className: "flex flex-wrap gap-2" },
    ways.map((way) =>
      createElement("button", { key: way.id, type: "button", className: "tag-choice", "aria-pressed": way.id === chosen, onClick: () => choose(way.id) }, kindOf(way)),
    ),
  );
}

/** Dark on white also in the dark: cameras read it so. Whoever sees it on the very phone they pay with saves it as a picture. */
function Picture({ way, facts }) {
  const save = () => {
    const link = document.createElement("a");
    link.href = drawn(way);
    link.download = `${facts.name.replace(/[^\p{L}\p{N}]+/gu, "-") || "bulq"}.png`;
    link.click();
  };
  return createElement(
    "div",
    { className: "grid gap-2 justify-items-center" },
    createElement(
      "svg",
      { role: "img", "aria-label": t("pay.qr", { kind: kindOf(way), name: facts.name }), viewBox: `0 0 ${way.size} ${way.size}`, className: "pay-qr", shapeRendering: "crispEdges", "data-kind": way.kind },
      createElement("rect", { width: way.size, height: way.size, fill: "#fff" }),
      createElement("path", { d: way.path, stroke: "#000" }),
    ),
    createElement("button", { type: "button", className: "btn btn-plain btn-small", onClick: save }, t("pay.save")),
  );
}

function drawn({ size, path }) {
  const canvas = Object.assign(document.createElement("canvas"), { width: size * PICTURE, height: size * PICTURE });
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.scale(PICTURE, PICTURE);
  pen.stroke(new Path2D(path));
  return canvas.toDataURL("image/png");
}

function Field({ label, shown, copies }) {
  const named = createElement("span", null, t("pay.copy"), createElement("span", { className: "sr-only" }, ` ${label}`));
  return createElement(
    "div",
    null,
    createElement("dt", null, label),
    createElement("dd", { className: "num" }, shown),
    createElement("dd", { className: "pay-copy" }, createElement(CopyButton, { text: copies, label: named, copied: t("kit.copied"), className: "btn btn-ghost btn-small" })),
  );
}
