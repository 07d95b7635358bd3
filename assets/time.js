// Times that stay true while the page is open: "2 min ago", "closes in 1 d 4 h".
import { createElement, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { localeOf } from "./format.js";

const MINUTE = 60_000;
const SIZES = [["day", 1440], ["hour", 60], ["minute", 1]];

let now = 0;
let timer;
const watchers = new Set();
const tick = () => {
  now = Date.now();
  watchers.forEach((watch) => watch(now));
};

function useNow() {
  const [time, setTime] = useState(0); // 0 until mounted: the page is rendered long before it is read
  useEffect(() => {
    watchers.add(setTime);
    if (!timer) {
      timer = setInterval(tick, MINUTE / 2);
      document.addEventListener("visibilitychange", tick);
    }
    tick();
    return () => watchers.delete(setTime);
  }, []);
  return time;
}

function Time({ at, className, children }) {
  const { i18n } = useTranslation();
  const full = new Intl.DateTimeFormat(localeOf(i18n.language), { dateStyle: "full", timeStyle: "short" }).format(new Date(at));
  return createElement("time", { dateTime: at, title: full, className }, children);
}

export function TimeAgo({ at, className }) {
  const { i18n } = useTranslation();
  const time = useNow();
  if (!at || !time || Number.isNaN(Date.parse(at))) return null;
  const minutes = Math.round((Date.parse(at) - time) / MINUTE);
  const [unit, size] = SIZES.find(([, size]) => Math.abs(minutes) >= size) ?? ["minute", 1];
  const words =
    Math.abs(minutes) > 30 * 1440
      ? new Intl.DateTimeFormat(localeOf(i18n.language), { day: "numeric", month: "short", year: "numeric" }).format(new Date(at))
      : minutes === 0
        ? new Intl.RelativeTimeFormat(i18n.language, { numeric: "auto" }).format(0, "second")
        : new Intl.RelativeTimeFormat(i18n.language, { numeric: "auto", style: "short" }).format(Math.trunc(minutes / size), unit);
  return createElement(Time, { at, className }, words);
}

export function Countdown({ at, ended, className, onEnd }) {
  const { i18n } = useTranslation();
  const time = useNow();
  const left = at && time ? Math.ceil((Date.parse(at) - time) / MINUTE) : NaN;
  const over = left <= 0;
  useEffect(() => {
    if (over) onEnd?.();
  }, [over]);
  if (Number.isNaN(left)) return null;
  let rest = left;
  const parts = [];
  for (const [unit, size] of SIZES) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count && parts.length < 2) {
      parts.push(new Intl.NumberFormat(i18n.language, { style: "unit", unit, unitDisplay: "short" }).format(count));
    }
  }
  return createElement(Time, { at, className }, over ? ended : parts.join(" "));
}
