// The hours of a week as one argument of an operation: seven fields, named by their days.
import { readAs } from "../form.js";
import { DAYS, parseWeek, typedHours as typed } from "./hours.js";

readAs("hours", (_, { closed }, form) => parseWeek(DAYS.map((day) => form.get(day) ?? ""), closed));

/** What the field of a day begins with. */
export const typedHours = typed;
