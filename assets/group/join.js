// Joins a group by its link. Who is signed out logs in first: their wish waits in this tab, and is done on return.
// It never stands in an address, where a link could bring it along without a click.
import { createElement, useEffect, useRef, useState } from "react";
import i18next from "i18next";
import { goTo } from "../frame.js";
import { operate } from "../live/operate.js";
import { tell, words } from "../say.js";
import "$/texts/invite.js";

const KEY = "bulq.join";
const WAITS_MS = 60 * 60 * 1000;

function keep(token) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ token, at: Date.now() }));
  } catch {
    // Without storage one clicks again after logging in.
  }
}

/** Whether there is a wish for this link, which is forgotten thereby. */
function take(token) {
  try {
    const wish = JSON.parse(sessionStorage.getItem(KEY));
    if (wish?.token !== token) return false;
    sessionStorage.removeItem(KEY);
    return Date.now() - wish.at < WAITS_MS;
  } catch {
    return false;
  }
}

const toGroup = (group, text) => {
  goTo(`/groups/${group}`, { replace: true });
  tell(text);
};

export function JoinButton({ token, group, name, signedIn, isIn, label }) {
  const [refused, refuse] = useState("");
  const joining = useRef(false);
  const join = async () => {
    if (joining.current) return;
    joining.current = true;
    refuse("");
    try {
      const { id } = await operate("join_group", { invite_token: token }, { quiet: true });
      toGroup(id, i18next.t("invite.joined", { group: name }));
    } catch (refusal) {
      if (refusal.error === "already_member") toGroup(group, i18next.t("invite.already"));
      else if (refusal.error === "not_signed_in") toLogin();
      else refuse(await words(refusal));
    }
    joining.current = false;
  };
  const toLogin = () => {
    keep(token);
    location.assign(`/login?next=${encodeURIComponent(`/invite/${token}`)}`);
  };
  useEffect(() => {
    if (isIn) toGroup(group, i18next.t("invite.already"));
  }, [isIn]);
  useEffect(() => {
    if (signedIn && !isIn && token && take(token)) join();
  }, [signedIn, token]);

  return [
    createElement("div", { key: "refused", role: "alert" }, refused ? createElement("p", { className: "notice notice-bad" }, refused) : null),
    createElement("button", { key: "join", type: "button", className: "btn btn-primary mt-3", onClick: signedIn ? join : toLogin }, label),
  ];
}
