// Which invitation somebody came with. A wish to join waits in this tab while they log in or create an account, also over a
// reload or an idle hour, and is done on return. It never stands in an address, where a link could bring it along.
const KEY = "bulq.join";
const WAITS_MS = 12 * 60 * 60 * 1000;

export function keepWish(token) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ token, at: Date.now() }));
  } catch {
    // Without storage one clicks again after logging in.
  }
}

/** The token of the group that somebody wishes to join, or "". */
export function wished() {
  try {
    const wish = JSON.parse(sessionStorage.getItem(KEY));
    return wish && Date.now() - wish.at < WAITS_MS ? wish.token : "";
  } catch {
    return "";
  }
}

/** Whether there is a wish for this link, which is forgotten thereby. */
export function takeWish(token) {
  if (wished() !== token) return false;
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    return false;
  }
  return true;
}
