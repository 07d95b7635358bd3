// Joins a group by its link. Who is signed out logs in first: their wish waits in this tab, and is done on return.
// It never stands in an address, where a link could bring it along without a click.
import { createElement, useEffect } from "react";

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

export function JoinButton({ token, signedIn, login, onJoin, label, className }) {
  useEffect(() => {
    if (signedIn && token && take(token)) onJoin?.();
  }, [signedIn, token]);

  const join = () => {
    if (signedIn) return onJoin?.();
    keep(token);
    window.location.assign(login);
  };
  return createElement("button", { type: "button", className, onClick: join }, label);
}
