// Keeps the rows in their place. A row that is used or read stays where it is on the screen, whatever appears, grows or goes
// elsewhere on the page; and what is chosen above the rows shows its first row right below.
import { useEffect, useRef } from "react";
import { useLocal } from "../local.js";

const ROW = ".run-row";
const top = (row) => row.getBoundingClientRect().top + scrollY;

/** The row in the middle of the screen, unless one is being used. */
function middle() {
  const found = document.elementsFromPoint(innerWidth / 2, innerHeight / 2).find((each) => each.closest?.(ROW));
  return found?.closest(ROW);
}

export function Steady() {
  const held = useRef({});
  const chosen = [useLocal("run.find", ""), useLocal("run.shown", "all"), useLocal("run.tag", ""), useLocal("run.grouped", false)].join("\n");
  const first = useRef(true);

  useEffect(() => {
    const hold = (row) => (held.current = row ? { row, at: top(row) } : {});
    const touched = (event) => event.target.closest?.(ROW) && hold(event.target.closest(ROW));
    const isSeen = (row) => row?.isConnected && row.getBoundingClientRect().bottom > 0 && row.getBoundingClientRect().top < innerHeight;
    const scrolled = () => !isSeen(held.current.row) && hold(middle());
    // Before what changed is painted.
    const moved = () => {
      const { row, at } = held.current;
      if (!row?.isConnected || !scrollY) return hold(middle());
      const by = top(row) - at;
      if (Math.abs(by) > 0.5) scrollBy({ top: by, behavior: "instant" });
      hold(row);
    };
    const observer = new ResizeObserver(moved);
    observer.observe(document.body);
    const order = new MutationObserver(moved);
    order.observe(document.querySelector(".run-products"), { childList: true });
    document.addEventListener("pointerdown", touched, true);
    document.addEventListener("focusin", touched);
    document.addEventListener("scroll", scrolled, { passive: true });
    // The browser's own way knows only what is at the upper edge.
    document.documentElement.style.overflowAnchor = "none";
    return () => {
      observer.disconnect();
      order.disconnect();
      document.removeEventListener("pointerdown", touched, true);
      document.removeEventListener("focusin", touched);
      document.removeEventListener("scroll", scrolled);
      document.documentElement.style.overflowAnchor = "";
    };
  }, []);

  useEffect(() => {
    if (first.current) return void (first.current = false);
    held.current = {};
    const bar = document.querySelector(".run-find");
    const list = bar?.closest(".run-products");
    if (!list) return;
    // Where the bar would be without staying in sight, and where it stays.
    const above = [...list.children].slice(0, [...list.children].indexOf(bar)).reduce((sum, each) => sum + each.offsetHeight, 0);
    const by = list.getBoundingClientRect().top + above - parseFloat(getComputedStyle(bar).top);
    if (by < -1) scrollBy({ top: by, behavior: "instant" });
  }, [chosen]);
  return null;
}
