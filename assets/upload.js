// Sends a file the visitor chooses as it is: it doesn't travel over the page's socket, and isn't read into memory.
import { createElement, useRef, useState } from "react";
import i18next from "i18next";
import "$/texts/kit.js";
import { problemOf } from "./api_form.js";

export function FileUpload({ action, label, sending, accept, className, icon, onDone, onProblem }) {
  const [busy, setBusy] = useState(false);
  const input = useRef(null);

  const send = async (file) => {
    setBusy(true);
    let problem, answer;
    try {
      const headers = { "Content-Type": "text/csv" };
      const response = await fetch(action, { method: "POST", body: file, credentials: "same-origin", headers });
      if (response.ok) answer = await response.json();
      else problem = await problemOf(response);
    } catch {
      problem = { status: 0, detail: i18next.t("kit.unreachable") };
    }
    setBusy(false);
    if (input.current) input.current.value = ""; // the same file may be chosen again once it is mended
    if (problem) onProblem?.(problem);
    else onDone?.(answer.token, file.name);
  };

  return createElement(
    "span",
    { className: "upload" },
    createElement("input", {
      ref: input,
      type: "file",
      accept,
      hidden: true,
      tabIndex: -1,
      "data-upload": "",
      onChange: (event) => event.target.files?.[0] && send(event.target.files[0]),
    }),
    createElement(
      "button",
      { type: "button", className, disabled: busy, "aria-busy": busy, onClick: () => input.current?.click() },
      icon,
      busy ? sending : label,
    ),
  );
}
