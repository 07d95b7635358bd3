// The way in: where it leads, which group somebody is about to join, and whether one may register at all.
import { createElement, useEffect, useState } from "react";
import { Link, useLocation } from "react-router";
import { useTranslation } from "react-i18next";
import { Looking, useFact, useFactsState } from "./live/store.js";
import { wished } from "./group/wish.js";
import "./i18n.js";
import "$/texts/invite.js";

/** Where to go afterwards: a path of this site, or "". Anything that could lead elsewhere is "". */
function asked(search) {
  const next = new URLSearchParams(search).get("next") ?? "";
  if (!/^\/(?![/\\])[^\\\u0000-\u001f]*$/.test(next)) return "";
  return new URL(next, "http://here.invalid").origin === "http://here.invalid" ? next : "";
}
const invitedBy = (search) => /^\/invite\/([\w-]+)/.exec(asked(search))?.[1] ?? wished();

/** Where whoever has signed in is led: where they came from, to the group they wish to join, or home. */
export function whereNext(search = location.search) {
  const next = asked(search);
  if (next && next !== "/") return next;
  return wished() ? `/invite/${wished()}` : "/";
}

/** What the address and this tab say, which the page as built can't know: "" until it is drawn in the browser. */
function useAsked(read) {
  const { search } = useLocation();
  const [found, setFound] = useState("");
  useEffect(() => setFound(read(search)), [search]);
  return found;
}

/** A link that takes ?next= along. */
export function KeepNext({ to, className, children }) {
  const next = useAsked(asked);
  return createElement(Link, { to: next && next !== "/" ? `${to}?next=${encodeURIComponent(next)}` : to, className }, children);
}

/** The token of the invitation somebody came with, as a field of the form: it may be what lets them register. */
export function InviteField() {
  const token = useAsked(invitedBy);
  return token ? createElement("input", { type: "hidden", name: "invite", value: token }) : null;
}

/** Which group somebody is about to join. */
export function Joining() {
  const token = useAsked(invitedBy);
  return token ? createElement(Invited, { token }) : null;
}

function Invited({ token }) {
  const { t } = useTranslation();
  const name = useFact("invitation", "name");
  const state = useFactsState("invitation");
  const said = name
    ? [createElement("b", { key: "name" }, t("invite.joining", { group: name })), createElement("span", { key: "how", className: "block" }, t("invite.joining_detail"))]
    : t("invite.joining_unknown");
  return [
    createElement(Looking, { key: "looking", view: "invitation", address: `public/invitations/${token}` }),
    name || state === "gone" ? createElement("div", { key: "said", className: name ? "notice notice-good" : "notice notice-warn", "data-joining": true }, createElement("p", { className: "min-w-0" }, said)) : null,
  ];
}

/** The form, unless nobody may register, or not without an invitation that leads somewhere. */
export function IfOpen({ closed, byInvite, children }) {
  const token = useAsked(invitedBy);
  const registration = useFact("registration", "registration");
  const invitation = useFactsState("invitation");
  const shut = registration === "closed" ? closed : registration === "invite" && (!token || invitation === "gone") ? byInvite : "";
  return shut ? createElement("div", { role: "alert" }, createElement("p", { className: "notice notice-warn" }, shut)) : children;
}

/** What is said only to whoever comes with ?name=1. */
export function IfAsked({ name, children }) {
  return useAsked((search) => new URLSearchParams(search).get(name)) === "1" ? children : null;
}
