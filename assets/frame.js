// Small parts of every page that show nothing themselves.
import { useContext, useEffect } from "react";
import { ColorModeContext } from "$/utils/context-registry";

/** The name of the page in the browser's tab. */
export function PageTitle({ title }) {
  useEffect(() => {
    if (title) document.title = `${title} · Bulq`;
  }, [title]);
  return null;
}

/** Light, dark or system, as the server remembers it; an empty mode leaves what this browser chose. */
export function Theme({ mode }) {
  const { setColorMode } = useContext(ColorModeContext);
  useEffect(() => {
    if (mode) setColorMode(mode);
  }, [mode]);
  return null;
}
