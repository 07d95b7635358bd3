// Search from any page: a few things while typing, Enter for all of them. On a phone a button opens the field.
import { createElement, useEffect, useRef, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { useListbox } from "./listbox.js";

const DELAY = 300; // milliseconds after the last key
const LEAST = 2; // characters, or one of a script in which one may be a word
const WORDS = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u;
const isEnough = (text) => text.length >= LEAST || WORDS.test(text);

const typedAt = (location) => (location.pathname === "/search" ? (new URLSearchParams(location.search).get("q") ?? "") : "");
const resultsOf = (query) => `/search?q=${encodeURIComponent(query)}`;

export function SearchBox({ label, icon, placeholder, close, hits, hitsOf, respelt, kinds, all, none, status, onText }) {
  const location = useLocation();
  const navigate = useNavigate();
  const [text, setText] = useState(() => typedAt(location));
  const [unfolded, setUnfolded] = useState(false); // on a phone
  const asked = useRef(""); // what the server was asked for last
  const root = useRef(null);
  const field = useRef(null);
  const opener = useRef(null);
  const query = text.trim();
  const fresh = hitsOf === query; // an answer to another text is none to this one
  const found = fresh ? (hits ?? []) : [];
  const everything = { id: "all", kind: "all", href: resultsOf(query), label: all.replace("{text}", () => query) };
  const rows = isEnough(query) && (found.length > 0 || !fresh) ? [...found, everything] : [];
  const box = useListbox(rows.length);
  const { id, active, setOpen, setActive } = box;
  const shown = box.open && isEnough(query);

  useEffect(() => {
    setText(typedAt(location));
    setOpen(false);
    setUnfolded(false);
  }, [location.key]);
  useEffect(() => setActive(-1), [hitsOf]);
  useEffect(() => {
    if (unfolded) field.current?.focus();
  }, [unfolded]);

  const type = (next) => {
    setText(next);
    setOpen(true);
    setActive(-1);
    const wanted = next.trim();
    const known = wanted === asked.current && wanted === hitsOf; // and no answer to another text is on its way
    const ask = () => {
      asked.current = wanted;
      onText?.(wanted);
    };
    box.later(!isEnough(wanted) || known ? null : ask, DELAY);
  };
  const go = (href) => {
    box.later(null);
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
    if (box.moved(event)) return;
    if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      if (shown && rows[active]) go(rows[active].href);
      else if (isEnough(query)) go(resultsOf(query));
    } else if (event.key === "Escape") {
      event.preventDefault();
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
        ...box.row(at, row.kind === "all"),
        key: row.id,
        href: row.href,
        tabIndex: -1,
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
      onBlur: (event) => {
        if (root.current.contains(event.relatedTarget)) return;
        setOpen(false);
        if (document.hasFocus()) setUnfolded(false); // not when another app comes to the front
      },
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
        ...box.field(shown),
        ref: field,
        inputMode: "search",
        "aria-label": label,
        placeholder,
        maxLength: 100,
        autoCapitalize: "off",
        enterKeyHint: "search",
        value: text,
        onChange: (event) => type(event.target.value),
        onKeyDown: keys,
      }),
      createElement(
        "button",
        { type: "button", className: "icon-btn search-closer", "aria-label": close, onClick: fold },
        createElement("span", { className: "cross", "aria-hidden": true }),
      ),
      createElement(
        "div",
        box.list(shown, label),
        respelt && fresh ? createElement("div", { key: "respelt", role: "presentation", className: "search-kind" }, respelt) : null,
        shown ? ["product", "store", "group", "all"].map(part) : null,
      ),
      shown && !rows.length ? createElement("p", { className: "option-list option-none" }, none) : null,
      createElement("p", { role: "status", className: "sr-only" }, shown && fresh ? (rows.length ? status : none) : ""),
    ),
  );
}
