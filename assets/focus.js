// Keeps the keyboard where it was when what it stood on is replaced: "Bid" by − and +, and back.
import { createElement, useEffect, useRef } from "react";

const NEXT = ".stepper button:last-of-type, .btn:last-of-type, button"; // in this order

/** `beside` names the part of the same row where it goes on, if that is another one: "Retract" ends at "Bid". */
export function KeepFocus({ children, className, beside }) {
  const root = useRef(null);
  const here = useRef(false);
  useEffect(() => {
    const follow = () => {
      if (!here.current || document.activeElement !== document.body) return;
      const place = (beside && root.current?.closest("[data-row]")?.querySelector(beside)) || root.current;
      for (const kind of NEXT.split(", ")) {
        const next = place?.querySelector(`:is(${kind}):not(:disabled)`);
        if (next) return next.focus({ preventScroll: true });
      }
    };
    // In the next frame, when all of what comes instead has come.
    const watch = new MutationObserver(() => requestAnimationFrame(follow));
    watch.observe(root.current, { childList: true, subtree: true });
    // Whoever touches something else has left, also where nothing takes the focus.
    const leave = (event) => (here.current = Boolean(root.current?.contains(event.target)));
    document.addEventListener("pointerdown", leave, true);
    document.addEventListener("focusin", leave);
    return () => {
      watch.disconnect();
      document.removeEventListener("pointerdown", leave, true);
      document.removeEventListener("focusin", leave);
    };
  }, []);
  return createElement("div", { ref: root, className }, children);
}
