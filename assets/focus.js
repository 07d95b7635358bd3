// Keeps the keyboard where it was when what it stood on is replaced: "Bid" by − and +, and back.
import { createElement, useEffect, useRef } from "react";

const NEXT = ".stepper button:last-of-type, .btn:last-of-type, button"; // in this order

export function KeepFocus({ children, className }) {
  const root = useRef(null);
  const here = useRef(false);
  useEffect(() => {
    const follow = () => {
      if (!here.current || document.activeElement !== document.body) return;
      for (const kind of NEXT.split(", ")) {
        const next = root.current?.querySelector(`:is(${kind}):not(:disabled)`);
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
