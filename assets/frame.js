// Small parts of every page that show nothing themselves.
import { createElement, useContext, useEffect, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { ColorModeContext } from "$/utils/context-registry";
import { expect } from "./live/store.js";
import { passed } from "./trail.js";

/** The name of the page in the browser's tab. */
export function PageTitle({ title }) {
  useEffect(() => {
    if (!title) return;
    document.title = `${title} · Bulq`;
    passed(location.pathname + location.search, title);
  }, [title]);
  return null;
}

/** What page this is, where its heading was scrolled away; a tap leads back up. The bar itself never changes its height. */
export function BarTitle({ title }) {
  const [away, setAway] = useState(false);
  useEffect(() => {
    const bar = document.querySelector(".bar");
    const heading = document.querySelector(".title h1");
    if (!heading) return;
    const observer = new IntersectionObserver(([it]) => setAway(!it.isIntersecting && it.boundingClientRect.top < innerHeight / 2), {
      rootMargin: `-${bar.offsetHeight}px 0px 0px`,
    });
    observer.observe(heading);
    return () => observer.disconnect();
  }, [title]);
  // Only for the eye: the heading stays in the page for everybody else.
  return createElement("span", { className: "bar-title", "aria-hidden": true, "data-shown": away || undefined, onClick: () => scrollTo({ top: 0 }) }, title);
}

let navigate;
/** Lets `goTo` follow an address without loading the page anew. */
export function Ways() {
  const way = useNavigate();
  useEffect(() => {
    navigate = way;
  }, [way]);
  return null;
}
export const goTo = (href, options) => (navigate ? navigate(href, options) : location.assign(href));

/** Leads past the header. The router would follow the link without taking the focus along. */
export function SkipLink({ className, children }) {
  const skip = (event) => {
    event.preventDefault();
    document.getElementById("main")?.focus();
  };
  return createElement("a", { href: "#main", className, onClick: skip }, children);
}

/** What Bulq is about. As part of the page the drawing takes the page's colours, which an image would not know. */
export const Picture = ({ className }) =>
  createElement("svg", { className, viewBox: "0 0 340 190", "aria-hidden": true, focusable: "false" }, createElement("use", { href: "/welcome.svg#picture" }));

/** To the login and back. The page is loaded anew, so that nothing of the last person is left in it. */
export function LogInLink({ className, children }) {
  const { pathname, search } = useLocation();
  return createElement("a", { href: `/login?next=${encodeURIComponent(pathname + search)}`, className }, children);
}

expect("set_theme", "me", (facts, { theme }) => (facts.theme === theme ? facts : { ...facts, theme }));

/** Light, dark or system, as the server remembers it; an empty mode leaves what this browser chose. */
export function Theme({ mode }) {
  const { setColorMode } = useContext(ColorModeContext);
  useEffect(() => {
    if (mode) setColorMode(mode);
  }, [mode]);
  return null;
}
