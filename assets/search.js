// Search from any page: a few things while typing, Enter for all of them. On a phone a button opens the field.
import { createElement, useEffect, useId, useRef, useState } from "react";
import { useLocation, useNavigate } from "react-router";

const DELAY = 300; // milliseconds after the last key
const LEAST = 2; // characters

const typedAt = (location) => (location.pathname === "/search" ? (new URLSearchParams(location.search).get("q") ?? "") : "");
const resultsOf = (query) => `/search?q=${encodeURIComponent(query)}`;

export function SearchBox({ label, icon, placeholder, close, hits, hitsOf, respelt, kinds, all, none, status, onText }) {
  const location = useLocation();
  const navigate = useNavigate();
  const [text, setText] = useState(() => typedAt(location));
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const [unfolded, setUnfolded] = useState(false); // on a phone
  const timer = useRef();
  const root = useRef(null);
  const field = useRef(null);
  const opener = useRef(null);
  const list = useRef(null);
  const id = useId();
  const query = text.trim();
  const fresh = hitsOf === query;
  const found = query.length >= LEAST && hitsOf !== "" ? (hits ?? []) : [];
  const rows = found.length ? [...found, { id: "all", kind: "all", href: resultsOf(query), label: all.replace("{text}", query) }] : [];
  const shown = open && query.length >= LEAST && (rows.length > 0 || fresh);

  useEffect(() => {
    setText(typedAt(location));
    setOpen(false);
    setUnfolded(false);
  }, [location.key]);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => setActive(-1), [hitsOf]);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [active]);
  useEffect(() => {
    if (unfolded) field.current?.focus();
  }, [unfolded]);

  const type = (next) => {
    setText(next);
    setOpen(true);
    setActive(-1);
    clearTimeout(timer.current);
    const wanted = next.trim();
    if (wanted.length >= LEAST && wanted !== hitsOf) timer.current = setTimeout(() => onText?.(wanted), DELAY);
  };
  const go = (href) => {
    clearTimeout(timer.current);
    setOpen(false);
    setUnfolded(false);
    field.current?.blur();
    navigate(href);
  };
  const fold = () => {
    setOpen(false);
    setUnfolded(false);
    opener.current?.focus();
  };
  const keys = (event) => {
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && rows.length) {
      event.preventDefault();
      setOpen(true);
      const by = event.key === "ArrowDown" ? 1 : -1;
      setActive((at) => (at < 0 && by < 0 ? rows.length - 1 : (at + by + rows.length) % rows.length));
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      if (shown && rows[active]) go(rows[active].href);
      else if (query.length >= LEAST) go(resultsOf(query));
    } else if (event.key === "Escape") {
      event.preventDefault(); // the browser would empty the field at once
      event.stopPropagation();
      setActive(-1);
      if (shown) setOpen(false);
      else if (text) type("");
      else if (unfolded) fold();
    }
  };
  const option = (row, at) =>
    createElement(
      "a",
      {
        key: row.id,
        id: `${id}-${at}`,
        role: "option",
        href: row.href,
        tabIndex: -1,
        "aria-selected": at === active,
        className: row.kind === "all" ? "option option-create" : "option",
        onPointerDown: (event) => event.preventDefault(), // keeps the focus in the field
        onPointerMove: () => at !== active && setActive(at),
        onClick: (event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          go(row.href);
        },
      },
      createElement("span", { key: "label" }, row.label),
      row.detail ? createElement("span", { key: "detail", className: "option-detail" }, " ", row.detail) : null,
    );
  const part = (kind) => {
    const some = rows.map((row, at) => [row, at]).filter(([row]) => row.kind === kind);
    if (!some.length) return null;
    const options = some.map(([row, at]) => option(row, at));
    if (kind === "all") return createElement("div", { key: kind, className: "search-all" }, options);
    const head = createElement("div", { key: "head", id: `${id}-${kind}`, role: "presentation", className: "search-kind" }, kinds[kind]);
    return createElement("div", { key: kind, role: "group", "aria-labelledby": `${id}-${kind}` }, head, options);
  };

  return createElement(
    "div",
    {
      role: "search",
      className: "search",
      ref: root,
      "data-unfolded": unfolded || undefined,
      onBlur: (event) => !root.current.contains(event.relatedTarget) && setOpen(false),
    },
    createElement(
      "button",
      { ref: opener, type: "button", className: "icon-btn search-opener", "aria-label": label, title: label, "aria-expanded": unfolded, onClick: () => setUnfolded(true) },
      icon,
    ),
    createElement(
      "div",
      { className: "search-field" },
      createElement("span", { className: "search-glyph", "aria-hidden": true }, icon),
      createElement("input", {
        ref: field,
        type: "search",
        className: "input",
        "aria-label": label,
        placeholder,
        maxLength: 100,
        autoComplete: "off",
        autoCapitalize: "off",
        spellCheck: false,
        enterKeyHint: "search",
        value: text,
        "aria-autocomplete": "list",
        "aria-controls": shown && rows.length ? `${id}-list` : undefined,
        "aria-activedescendant": shown && active >= 0 ? `${id}-${active}` : undefined,
        onChange: (event) => type(event.target.value),
        onClick: () => setOpen(true),
        onKeyDown: keys,
      }),
      createElement(
        "button",
        { type: "button", className: "icon-btn search-closer", "aria-label": close, onClick: fold },
        createElement("span", { className: "cross", "aria-hidden": true }),
      ),
      shown && rows.length
        ? createElement(
            "div",
            { id: `${id}-list`, ref: list, role: "listbox", "aria-label": label, className: "option-list" },
            respelt && fresh ? createElement("div", { key: "respelt", role: "presentation", className: "search-kind" }, respelt) : null,
            ["product", "store", "group", "all"].map(part),
          )
        : null,
      shown && !rows.length ? createElement("p", { className: "option-list option-none" }, none) : null,
      createElement("p", { role: "status", className: "sr-only" }, shown && fresh ? (rows.length ? status : none) : ""),
    ),
  );
}
