// A checkbox, switch or radio button that answers at once, and comes back when the server didn't follow.
import { createElement, useEffect, useRef, useState } from "react";

const PATIENCE_MS = 4000;

export function Tick({ kind = "checkbox", ...rest }) {
  return createElement(kind === "radio" ? Radio : Box, rest);
}

function Box({ checked, onTick, fieldId, ...rest }) {
  const [shown, setShown] = useState(!!checked);
  const timer = useRef();
  useEffect(() => {
    clearTimeout(timer.current);
    setShown(!!checked);
  }, [checked]);
  useEffect(() => () => clearTimeout(timer.current), []);

  return createElement("input", {
    ...rest,
    id: fieldId,
    type: "checkbox",
    checked: shown,
    onChange: (event) => {
      setShown(event.target.checked);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => setShown(!!checked), PATIENCE_MS);
      onTick?.(event.target.checked);
    },
  });
}

/** Left to the browser, which knows that one of the group is chosen: held by React, the old one would win. */
function Radio({ checked, onTick, fieldId, name, ...rest }) {
  const input = useRef(null);
  const timer = useRef();
  useEffect(() => {
    clearTimeout(timer.current);
    input.current.checked = !!checked;
  }, [checked]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const comeBack = () => {
    for (const each of document.getElementsByName(name)) each.checked = each.dataset.chosen === "true";
  };

  return createElement("input", {
    ...rest,
    ref: input,
    id: fieldId,
    type: "radio",
    name,
    defaultChecked: !!checked,
    "data-chosen": !!checked,
    onChange: (event) => {
      clearTimeout(timer.current);
      timer.current = setTimeout(comeBack, PATIENCE_MS);
      onTick?.(event.target.value);
    },
  });
}
