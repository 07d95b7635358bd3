// A text field that tells the server a little later what was typed, and the browser's own select.
import { createElement, useEffect, useRef, useState } from "react";
import { useOwnValue } from "./own_value.js";

export function TextInput({ value, onText, delay = 200, multiline, mask, fieldId, ...rest }) {
  const [text, setText, tellNow] = useOwnValue(value);
  const timer = useRef();
  const tell = () => {
    clearTimeout(timer.current);
    tellNow(onText);
  };
  useEffect(() => () => clearTimeout(timer.current), []);

  return createElement(multiline ? "textarea" : "input", {
    ...rest,
    id: fieldId,
    value: text,
    onChange: (event) => {
      setText(event.target.value);
      clearTimeout(timer.current);
      timer.current = setTimeout(tell, delay);
    },
    onBlur: tell,
    onKeyDown: (event) => event.key === "Enter" && tell(),
  });
}

/** The browser's own select. Its options are children. */
export function SelectInput({ value, onChoice, fieldId, children, ...rest }) {
  const [chosen, choose, tell] = useOwnValue(value);
  const onChange = (event) => {
    choose(event.target.value);
    tell(onChoice);
  };
  return createElement("select", { ...rest, id: fieldId, value: chosen, onChange }, children);
}

export function PasswordInput({ id, show, hide, ...rest }) {
  const [shown, setShown] = useState(false);
  return createElement(
    "div",
    { className: "password" },
    createElement("input", { ...rest, id, type: shown ? "text" : "password", spellCheck: false, autoCapitalize: "none" }),
    createElement(
      "button",
      { type: "button", className: "btn btn-plain btn-small", "aria-controls": id, onClick: () => setShown(!shown) },
      shown ? hide : show,
    ),
  );
}
