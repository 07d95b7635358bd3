// Where a group shops: its time zone and what it pays with. A new group begins with what is usual where this browser is.
import { createElement } from "react";
import { FormField } from "../form.js";

const USUAL = ["Europe/Belgrade", "EUR"];

const here = (zones) => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zones.find(([name]) => name === zone) ?? USUAL;
};

/** `zones` are [name, usual currency], `currencies` are [code, name]. A `fixed` currency can't be chosen any more. */
export function Place({ zones, currencies, zone, currency, fixed, currencyLabel, currencyHint, zoneLabel, zoneHint }) {
  const [usualZone, usualCurrency] = here(zones);
  const paidWith = currency ?? usualCurrency;
  const options = currencies.map(([code, name]) => createElement("option", { key: code, value: code }, `${code} · ${name}`));
  const places = zones.map(([name]) => createElement("option", { key: name, value: name }, name.replaceAll("_", " ")));
  return [
    fixed ? createElement("input", { key: "fixed", type: "hidden", name: "currency", value: paidWith }) : null,
    createElement(
      FormField,
      { key: "currency", control: "select", name: fixed ? "currency-fixed" : "currency", disabled: fixed || undefined, label: currencyLabel, hint: currencyHint, start: paidWith },
      options,
    ),
    createElement(FormField, { key: "zone", control: "select", name: "time_zone", label: zoneLabel, hint: zoneHint, start: zone ?? usualZone }, places),
  ];
}
