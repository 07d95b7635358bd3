// From which page of this site somebody came to the one that is shown, so that a crumb can lead back there.
import { createElement, useEffect, useState } from "react";
import { Link, useLocation } from "react-router";

const PLACES = /^\/(runs|groups|stores|search|notifications)(\/|$)/;
let here;
let before;

/** The page at this address has this title now. */
export function passed(path, title) {
  if (here && here.path !== path) before = here;
  here = { path, title };
}

/** A link to the page from which somebody came here, else `children` to `otherwise`. */
export function BackLink({ otherwise, children }) {
  const { pathname } = useLocation();
  const [from, setFrom] = useState(undefined);
  useEffect(() => {
    const last = here?.path.split("?")[0] === pathname ? before : here;
    setFrom(last && PLACES.test(last.path) ? last : undefined);
  }, [pathname]);
  return createElement(Link, { to: from?.path ?? otherwise }, from?.title ?? children);
}
