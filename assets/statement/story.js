// Why somebody owes an amount, in plain words made of the facts that also charge it.
import { createElement, useId, useState } from "react";
import i18next from "i18next";
import { format } from "../format.js";
import { keepEqual } from "../live/store.js";

const WEIGHED = ["kg", "g", "l", "ml", "m"];

/** What a sentence needs: `say` for the person who looks or for another, numbers in words. */
function voice(view, mine) {
  const own = format(i18next.language);
  return {
    own,
    say: (key, values) => i18next.t(`story.${key}`, { ...values, name: view.name, context: mine ? undefined : "of" }),
    money: (minor) => own.money(minor, view.currency, false),
  };
}

/** Why goods cost somebody so much: what was wanted, what there was, by which rule it was shared, and the division. */
export function goodsStory(line, view, mine) {
  const { own, say, money } = voice(view, mine);
  const amount = (thousandths) => (WEIGHED.includes(line.unit) ? own.quantity(thousandths, line.unit) : own.number(thousandths));
  const number = own.number;
  const fair = line.got - line.taken; // without what was taken of the left-over goods
  const values = { asked: amount(line.asked), wanted: amount(line.wanted), bought: number(line.bought), had: amount(line.bought), fair: amount(fair) };
  const said = [];
  if (!line.bought) return say("not_there", values);
  const near = line.bought !== line.wanted && Math.abs(line.bought - line.wanted) < line.step && WEIGHED.includes(line.unit);
  if (!line.asked && fair > 0) said.push(say("unasked", values));
  else if (line.asked && near && !line.changed) said.push(say("weighed", values));
  else if (line.asked && line.bought < line.wanted) {
    if (line.changed) said.push(say("short_changed", values));
    else if (fair === line.asked) said.push(say("short_all", values));
    else said.push(say(`short_${view.fair_rule}`, values));
  } else if (line.asked && fair === line.asked) said.push(say("all", values));
  else if (line.asked && line.changed) said.push(say("changed", values));
  else if (line.asked) said.push(say("other", values));
  if (line.more) said.push(say(line.more > 0 ? "came_first" : "gave_way", { more: amount(Math.abs(line.more)), goodwill: money(line.goodwill) }));
  if (line.short) said.push(say("remembered", { short: money(line.short) }));
  if (line.taken) said.push(say("taken", { quantity: amount(line.taken) }));
  if (line.got) said.push(division(line, { say, money, number }));
  return said.join(" ");
}

function division(line, { say, money, number }) {
  const values = { got: number(line.got), bought: number(line.bought), paid: money(line.paid), cost: money(line.cost) };
  if (line.got === line.bought && line.cost === line.paid) return say("whole", values);
  const exact = (BigInt(line.paid) * BigInt(line.got)) % BigInt(line.bought) === 0n;
  return say(exact ? "part" : "part_rounded", values);
}

/** Why somebody bears a part of a cost: by which rule, and how much they count by it. */
export function costStory(cost, view, mine) {
  const { own, say, money } = voice(view, mine);
  const weight = { value: money, weight: (each) => own.quantity(each, "kg"), quantity: own.number, people: String, equally: String }[cost.rule];
  const values = {
    kind: i18next.t(`cost.${cost.kind}`),
    amount: money(cost.amount),
    part: money(cost.part),
    weight: weight(cost.weight),
    weights: weight(cost.weights),
    count: cost.people,
    product: cost.item,
    note: cost.note,
    reason: cost.reason,
    day: own.fullDay(cost.day),
  };
  if (cost.spoiled) return say("spoiled", { ...values, quantity: own.quantity(cost.spoiled, cost.unit), part: money(-cost.part) });
  const said = [];
  if (cost.reason) said.push(say("correction", values));
  said.push(say(`cost_${cost.people === 1 ? "alone" : cost.rule}`, values));
  if (cost.item) said.push(say("only", values));
  if (cost.note) said.push(say("note", values));
  return said.join(" ");
}

export function borneStory(line, view, mine) {
  const { own, say, money } = voice(view, mine);
  return say("borne", { quantity: own.quantity(line.quantity, line.unit), product: line.name, cost: money(line.cost) });
}

/** What is owed in all, and what that does to the balance. */
export function totalStory(view, mine) {
  const { say, money } = voice(view, mine);
  const goods = Object.values(view.goods ?? {}).reduce((sum, each) => sum + each.cost, 0);
  return say("total", { goods: money(goods), costs: money(view.total - goods), total: money(view.total) });
}
export const netOf = (view) => view.paid - view.total - view.left_over;
export function netStory(view, mine) {
  const { say, money } = voice(view, mine);
  const net = netOf(view);
  const values = { paid: money(view.paid), owed: money(view.total + view.left_over), net: money(Math.abs(net)) };
  return say(net > 0 ? "net_over" : net < 0 ? "net_under" : "net_even", values);
}
/** What is left to pay once what was paid in advance is taken off; below 0 the person gets it. */
export const restOf = (view) => -netOf(view) - view.advanced;
export const restAmount = (view) => Math.abs(restOf(view));
export const advanceOf = (view) => Math.abs(view.advanced);
export function restStory(view, mine) {
  const { say, money } = voice(view, mine);
  const rest = restOf(view);
  const values = { net: money(netOf(view)), advanced: money(view.advanced), rest: money(Math.abs(rest)) };
  return say(rest < 0 ? "rest_get" : "rest_pay", values);
}
export const paidStory = (view, mine) => voice(view, mine).say("paid", {});

// Rows

const cached = new WeakMap();
function rowsOf(rows, view, mine, make) {
  const key = `${i18next.language} ${mine} ${view.fair_rule} ${view.currency} ${view.name}`;
  const before = rows && cached.get(rows);
  if (!rows || before?.key === key) return before?.found ?? [];
  const found = keepEqual(before?.found ?? [], Object.values(rows).map((row) => make(row)));
  cached.set(rows, { key, found });
  return found;
}
export const goodsRows = (rows, view, mine) =>
  rowsOf(rows, view, mine, (row) => {
    const own = format(i18next.language);
    return { id: row.id, called: own.product(row.name, row.content), beside: own.quantity(row.got, row.unit), amount: row.cost, why: goodsStory(row, view, mine) };
  });
export const costRows = (rows, view, mine) => rowsOf(rows, view, mine, (row) => ({ id: row.id, called: i18next.t(`cost.${row.kind}`), beside: row.note || row.reason, amount: row.part, why: costStory(row, view, mine) }));
export const borneRows = (rows, view, mine) =>
  rowsOf(rows, view, mine, (row) => ({ id: row.id, called: row.name, beside: format(i18next.language).quantity(row.quantity, row.unit), amount: row.cost, why: borneStory(row, view, mine) }));

/** Everything as lines for a chat. */
export function asText(view, about, mine) {
  if (!view.goods) return "";
  const own = format(i18next.language);
  const money = (minor) => own.money(minor, view.currency);
  const line = (row) => {
    const values = { ...row, amount: money(row.amount) };
    return row.beside ? i18next.t("statement.text_line", values) : i18next.t("statement.text_short", values);
  };
  const sum = (key, amount) => i18next.t("statement.text_short", { called: i18next.t(`statement.${key}`), amount: money(amount) });
  const parts = [i18next.t("statement.text_title", { name: view.name, run: about })];
  for (const row of goodsRows(view.goods, view, mine)) parts.push(line(row), `  ${row.why}`);
  for (const row of costRows(view.costs, view, mine)) parts.push(line(row), `  ${row.why}`);
  parts.push(sum("total", view.total));
  for (const row of borneRows(view.borne, view, mine)) parts.push(line(row), `  ${row.why}`);
  parts.push(sum("paid", view.paid), sum("net", netOf(view)));
  if (view.advanced > 0) parts.push(sum("advanced", view.advanced), sum(restOf(view) < 0 ? "to_get" : "to_pay", restAmount(view)));
  return parts.join("\n");
}

/** An amount that tells on a tap why it is what it is. */
export function Why({ amount, label, story, username }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return createElement(
    "span",
    { className: "why" },
    createElement(
      "button",
      { type: "button", className: "why-amount num", "aria-label": label, "aria-expanded": open, "aria-controls": id, onClick: () => setOpen(!open), "data-sum": username || undefined },
      amount,
    ),
    createElement("span", { id, className: "why-story", hidden: !open, "aria-live": "polite" }, open ? story : null),
  );
}
