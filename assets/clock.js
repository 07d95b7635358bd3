/** "08:05" of minutes from midnight; the end of a day is 24:00. */
export const clock = (minutes) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
