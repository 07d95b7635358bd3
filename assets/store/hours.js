// When a store is open: minutes from midnight to open and to close, in turn, for each day from Monday on.
import { clock } from "../clock.js";

export const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const MIDNIGHT = 24 * 60;
const MOST_SPANS = 4; // in a day
const LONGEST_TYPED = 100;
const SPAN = /^(\d{1,2})(?:[:.](\d\d))?\s*[-\u2013\u2014]\s*(\d{1,2})(?:[:.](\d\d))?$/;
const NONE = [];

/** Which day of the week it is there now; 0 is Monday. */
const weekdayIn = (timeZone) => {
  const day = new Intl.DateTimeFormat("en", { weekday: "long", timeZone: timeZone || "UTC" }).format(new Date());
  return DAYS.indexOf(day.toLowerCase());
};

/** A row for each day: {id: "monday", spans: [480, 1200], today}; none where the hours aren't known. */
export function week(hours, timeZone) {
  if (!hours) return NONE;
  const today = weekdayIn(timeZone);
  return DAYS.map((id, n) => ({ id, spans: hours[n] ?? NONE, today: n === today }));
}
export const today = (hours, timeZone) => week(hours, timeZone).filter((day) => day.today);

/** What a field for a day begins with: "08:00–13:00, 17:00–20:00", or the word for closed. */
export const typedHours = (hours, n, closed) => {
  if (!hours) return "";
  const day = hours[n] ?? NONE;
  const spans = day.filter((_, at) => at % 2 === 0).map((opens, at) => `${clock(opens)}\u2013${clock(day[2 * at + 1])}`);
  return spans.join(", ") || closed;
};

/** {value} in minutes of what was typed for a day, or {error}. */
function parseDay(text, closed) {
  const typed = text.split(/\s+/).filter(Boolean).join(" ");
  if (!typed) return { error: "hours_missing" };
  if (typed.toLowerCase() === closed.toLowerCase()) return { value: [] };
  const spans = typed.split(/[,;]/).map((part) => SPAN.exec(part.trim()));
  if (typed.length > LONGEST_TYPED || spans.length > MOST_SPANS || spans.includes(null)) return { error: "hours" };
  const parts = spans.flatMap(([, hour, minute = "0", toHour, toMinute = "0"]) => [[hour, minute], [toHour, toMinute]]);
  const minutes = parts.map(([hour, minute]) => Number(hour) * 60 + Number(minute));
  if (parts.some(([, minute]) => Number(minute) >= 60) || minutes.some((each) => each > MIDNIGHT)) return { error: "hours" };
  return minutes.some((each, n) => n > 0 && each <= minutes[n - 1]) ? { error: "hours_order" } : { value: minutes };
}

/**
 * {value} of the texts of a week, null when nothing is said, or {error, field} of the first day that is wrong. As soon as one
 * day is said all have to be: an empty field could mean closed or not known.
 */
export function parseWeek(texts, closed) {
  if (texts.every((text) => !text.trim())) return { value: null };
  const days = texts.map((text) => parseDay(text, closed));
  const wrong = days.findIndex((day) => day.error);
  return wrong < 0 ? { value: days.map((day) => day.value) } : { error: days[wrong].error, field: DAYS[wrong] };
}
