// What only this page knows: what is looked for, and whose bids or note are open.
import { createElement } from "react";
import { setLocal, useLocal } from "../local.js";
import { open } from "./leading.js";

export function Find({ label }) {
  const value = useLocal("run.find", "");
  const find = (event) => setLocal("run.find", event.target.value);
  return createElement("input", { type: "search", value, onChange: find, "aria-label": label, placeholder: label, autoComplete: "off", className: "input" });
}
export function showAll() {
  setLocal("run.find", "");
  setLocal("run.shown", "all");
  setLocal("run.tag", "");
}
const about = (dialog) => (product) => {
  setLocal("run.product", product);
  open(dialog);
};
export const openBids = about("bids");
export const openNote = about("note");
export const openUpTo = about("up_to");
