// Joins a group by its link. Who is signed out logs in first, and joins on return without another click.
import { createElement, useEffect, useRef, useState } from "react";
import { useParams } from "react-router";
import i18next from "i18next";
import { goTo } from "../frame.js";
import { operate } from "../live/operate.js";
import { tell, words } from "../say.js";
import { keepWish, takeWish } from "./wish.js";
import "$/texts/invite.js";

const toGroup = (group, text) => {
  goTo(`/groups/${group}`, { replace: true });
  tell(text);
};

/** `group` is the id of the group where somebody is in it already. */
export function JoinButton({ group, name, signedIn, label }) {
  const { token } = useParams();
  const [refused, refuse] = useState("");
  const [busy, setBusy] = useState(false);
  const joining = useRef(false);
  const join = async () => {
    if (joining.current) return;
    joining.current = true;
    setBusy(true);
    refuse("");
    try {
      const { id } = await operate("join_group", { invite_token: token }, { quiet: true });
      toGroup(id, i18next.t("invite.joined", { group: name }));
    } catch (refusal) {
      if (refusal.error === "not_signed_in") toLogin();
      else refuse(await words(refusal));
    }
    joining.current = false;
    setBusy(false);
  };
  const toLogin = () => {
    keepWish(token);
    location.assign(`/login?next=${encodeURIComponent(`/invite/${token}`)}`);
  };
  useEffect(() => {
    if (group) toGroup(group, i18next.t("invite.already"));
  }, [group]);
  useEffect(() => {
    if (signedIn && !group && takeWish(token)) join();
  }, [signedIn, token]);

  return [
    createElement("div", { key: "refused", role: "alert" }, refused ? createElement("p", { className: "notice notice-bad" }, refused) : null),
    createElement("button", { key: "join", type: "button", className: "btn btn-primary mt-2", "aria-busy": busy || undefined, onClick: signedIn ? join : toLogin }, label),
  ];
}
