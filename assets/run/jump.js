// To one product among many: an index from A to Z, and the way to its row.
import { createElement, useMemo, useRef } from "react";
import i18next from "i18next";
import { format } from "../format.js";
import { showAll } from "./finding.js";
import { close } from "./leading.js";

const SHOWN_MS = 1600; // how long the row is marked
const rowOf = (id) => document.querySelector(`[data-row="${CSS.escape(id)}"]`);

/** Shows the row of a product in the middle of the screen, with the focus on its name. */
export function jumpTo(id) {
  close();
  if (!rowOf(id)) showAll();
  // Once the dialog is closed, which gives the focus back first, and the rows are drawn.
  setTimeout(() => {
    const row = rowOf(id);
    if (!row) return;
    row.scrollIntoView({ block: "center", behavior: "instant" });
    row.querySelector("a").focus({ preventScroll: true });
    row.toggleAttribute("data-found", true);
    setTimeout(() => row.removeAttribute("data-found"), SHOWN_MS);
  }, 50);
}

const letterOf = (name) => (name.normalize("NFD").match(/[\p{L}\p{N}]/u)?.[0] ?? "#").toLocaleUpperCase();

export function Jump({ rows, label }) {
  const list = useRef(null);
  const letters = useMemo(() => {
    const own = format(i18next.language);
    const named = rows.map((row) => ({ id: row.id, name: own.product(row.name, row.content) }));
    named.sort((one, other) => one.name.localeCompare(other.name, i18next.language));
    const found = new Map();
    for (const row of named) found.set(letterOf(row.name), [...(found.get(letterOf(row.name)) ?? []), row]);
    return [...found];
  }, [rows]);
  const goTo = (letter) => list.current.querySelector(`[data-letter="${CSS.escape(letter)}"]`).scrollIntoView({ block: "start", behavior: "instant" });

  const products = letters.flatMap(([letter, some]) =>
    some.map(({ id, name }, place) =>
      createElement(
        "button",
        { key: id, type: "button", className: "jump-row", "data-letter": place ? undefined : letter, "aria-label": i18next.t("run.jump_to", { product: name }), onClick: () => jumpTo(id) },
        name,
      ),
    ),
  );
  const index = letters.map(([letter]) =>
    createElement("button", { key: letter, type: "button", className: "jump-letter", "aria-label": i18next.t("run.jump_letter", { letter }), onClick: () => goTo(letter) }, letter),
  );
  return [
    createElement("div", { key: "list", ref: list, className: "jump-list", role: "group", "aria-label": label }, products),
    letters.length > 3 ? createElement("div", { key: "index", className: "jump-index" }, index) : null,
  ];
}
