// A checkbox, switch or radio button that answers at once, and comes back when the server didn't follow.
import { createElement, useEffect, useRef, useState } from "react";

const PATIENCE_MS = 4000;

export function Tick({ checked, onTick, kind = "checkbox", fieldId, ...rest }) {
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
    type: kind,
    checked: shown,
    onChange: (event) => {
      setShown(event.target.checked);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => setShown(!!checked), PATIENCE_MS);
      onTick?.(kind === "radio" ? event.target.value : event.target.checked);
    },
  });
}
