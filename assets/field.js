// A text field that never loses a keystroke to a slow answer: it shows what was typed, tells the server a little later,
// and takes the server's value when that is news.
import { createElement, useEffect, useRef, useState } from "react";

export function TextInput({ value, onText, delay = 200, multiline, mask, fieldId, ...rest }) {
  const [text, setText] = useState(value ?? "");
  const told = useRef(value ?? "");
  const typed = useRef(value ?? "");
  const timer = useRef();

  const tell = () => {
    clearTimeout(timer.current);
    if (typed.current === told.current) return;
    told.current = typed.current;
    onText?.(typed.current);
  };

  useEffect(() => {
    if (value === undefined || value === null || value === told.current) return;
    clearTimeout(timer.current);
    told.current = typed.current = value;
    setText(value);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);

  return createElement(multiline ? "textarea" : "input", {
    ...rest,
    id: fieldId,
    value: text,
    onChange: (event) => {
      typed.current = event.target.value;
      setText(typed.current);
      clearTimeout(timer.current);
      timer.current = setTimeout(tell, delay);
    },
    onBlur: tell,
    onKeyDown: (event) => event.key === "Enter" && tell(),
  });
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
