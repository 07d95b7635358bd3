// A form that posts to the API by itself: what is typed here (a password) never travels over the page's socket. What is
// refused is said at its field, with the focus there; no answer writes into a field.
import { createElement, useEffect, useRef, useState } from "react";
import { useParams } from "react-router";
import i18next from "i18next";
import "$/texts/kit.js";
import { stay as stayHere } from "./live/leaving.js";
import { Refusals } from "./form.js";
import { whereNext } from "./entrance.js";

export async function problemOf(response) {
  try {
    const problem = await response.json();
    if (problem && typeof problem === "object") return { status: response.status, ...problem };
  } catch {
    // Not a problem document: a proxy's error page, say.
  }
  return { status: response.status, detail: i18next.t("kit.unexpected") };
}

/** A message per field that is seen; under "" what belongs to none. */
function refusalsIn({ errors, detail, title }, form) {
  const found = {};
  for (const { field, message } of errors ?? []) {
    const at = form.querySelector(`[name="${CSS.escape(field)}"]:not([type="hidden"])`) ? field : "";
    found[at] ??= message;
  }
  if (!Object.keys(found).length) found[""] = detail ?? title ?? i18next.t("kit.unexpected");
  return found;
}

export function ApiForm({ action, method = "POST", stay, then, className, onDone, children }) {
  const [busy, setBusy] = useState(false);
  const [refusals, setRefusals] = useState({});
  const form = useRef(null);
  const sending = useRef(false);
  useEffect(() => {
    if (Object.keys(refusals).length) (form.current?.querySelector('[aria-invalid="true"]') ?? form.current?.querySelector("[data-refused]"))?.focus();
  }, [refusals]);

  const send = async (event) => {
    event.preventDefault();
    if (sending.current) return;
    sending.current = true;
    const body = JSON.stringify(Object.fromEntries(new FormData(form.current)));
    setBusy(true);
    setRefusals({});
    let refused;
    try {
      const response = await fetch(action, { method, body, credentials: "same-origin", headers: { "Content-Type": "application/json" } });
      if (!response.ok) refused = refusalsIn(await problemOf(response), form.current);
    } catch {
      refused = { "": i18next.t("kit.unreachable") };
    }
    if (!refused && !then) stayHere(); // somebody has signed in
    if (!refused && !stay) return window.location.assign(then ?? whereNext());
    sending.current = false;
    setBusy(false);
    if (refused) return setRefusals(refused);
    form.current?.reset();
    onDone?.();
  };
  // Without this the back button would show a form that is still sending.
  useEffect(() => {
    const back = (event) => {
      if (!event.persisted) return;
      sending.current = false;
      setBusy(false);
    };
    window.addEventListener("pageshow", back);
    return () => window.removeEventListener("pageshow", back);
  }, []);

  return createElement(
    Refusals.Provider,
    { value: refusals },
    createElement(
      "form",
      // Sent before this page's scripts are there, it does nothing: "post" would lead away, "get" show the password.
      { ref: form, className, method: "dialog", noValidate: true, "aria-busy": busy || undefined, onSubmit: send },
      createElement(
        "div",
        { role: "alert", className: "empty:hidden" },
        refusals[""] ? createElement("p", { className: "notice notice-bad", tabIndex: -1, "data-refused": true }, refusals[""]) : null,
      ),
      createElement("fieldset", { disabled: busy, className: "api-form-fields" }, children),
    ),
  );
}

/** A part of the page's address as a field that nobody sees. */
export function ParamField({ name }) {
  return createElement("input", { type: "hidden", name, value: useParams()[name] ?? "" });
}
