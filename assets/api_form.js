// A form that posts to the API by itself: what is typed here (a password) never travels over the page's socket.
import { createElement, useEffect, useRef, useState } from "react";
import { Link, useLocation } from "react-router";
import i18next from "i18next";
import "$/texts/kit.js";
import { stay as stayHere } from "./live/leaving.js";

/** Where to go afterwards: a path of this site, or home. Anything that could lead elsewhere is home. */
export function safeNext(search) {
  const next = new URLSearchParams(search).get("next") ?? "/";
  if (!/^\/(?![/\\])[^\\\u0000-\u001f]*$/.test(next)) return "/";
  return new URL(next, "http://here.invalid").origin === "http://here.invalid" ? next : "/";
}

export async function problemOf(response) {
  try {
    const problem = await response.json();
    if (problem && typeof problem === "object") return { status: response.status, ...problem };
  } catch {
    // Not a problem document: a proxy's error page, say.
  }
  return { status: response.status, detail: i18next.t("kit.unexpected") };
}

export function ApiForm({ action, method = "POST", stay, then, className, onProblem, onDone, children }) {
  const [busy, setBusy] = useState(false);
  const form = useRef(null);
  const sending = useRef(false);

  const send = async (event) => {
    event.preventDefault();
    if (sending.current) return;
    sending.current = true;
    const body = JSON.stringify(Object.fromEntries(new FormData(form.current)));
    setBusy(true);
    let problem;
    try {
      const response = await fetch(action, { method, body, credentials: "same-origin", headers: { "Content-Type": "application/json" } });
      if (!response.ok) problem = await problemOf(response);
    } catch {
      problem = { status: 0, detail: i18next.t("kit.unreachable") };
    }
    if (!problem && !then) stayHere(); // somebody has signed in
    if (!problem && !stay) return window.location.assign(then ?? safeNext(window.location.search));
    sending.current = false;
    setBusy(false);
    if (!problem) {
      form.current?.reset();
      return onDone?.();
    }
    onProblem?.(problem);
    // The first field at fault, once the server's answer is on the page.
    setTimeout(() => form.current?.querySelector('[aria-invalid="true"]')?.focus(), 300);
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
    "form",
    { ref: form, className, action, method: "post", noValidate: true, "aria-busy": busy || undefined, onSubmit: send },
    createElement("fieldset", { disabled: busy, className: "api-form-fields" }, children),
  );
}

/** A link that takes ?next= along. */
export function KeepNext({ to, className, children }) {
  const { search } = useLocation();
  const [next, setNext] = useState("/");
  useEffect(() => setNext(safeNext(search)), [search]);
  const target = next === "/" ? to : `${to}?next=${encodeURIComponent(next)}`;
  return createElement(Link, { to: target, className }, children);
}

/** The token of an invitation that ?next= leads to, as a field of the form: it may be what lets somebody register. */
export function InviteField() {
  const [token, setToken] = useState("");
  useEffect(() => setToken(/^\/invite\/([\w-]+)/.exec(safeNext(window.location.search))?.[1] ?? ""), []);
  return token ? createElement("input", { type: "hidden", name: "invite", value: token }) : null;
}
