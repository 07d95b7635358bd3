// What time it is, as the server has it: a phone's own clock may be a day wrong.
const KEY = "bulq.clock";
let offset; // milliseconds to add to this device's clock

function known() {
  if (offset === undefined) {
    try {
      offset = Number(localStorage.getItem(KEY)) || 0;
    } catch {
      offset = 0;
    }
  }
  return offset;
}

/** The moment now, as ISO 8601 in UTC. */
export const moment = () => new Date(Date.now() + known()).toISOString();

/** Learns from an answer's Date header (whole seconds), unless the clocks agree. */
export function learn(date) {
  const apart = Date.parse(date) - Date.now();
  if (Number.isNaN(apart)) return;
  const next = Math.abs(apart) < 2000 ? 0 : apart;
  if (Math.abs(next - known()) < 2000) return;
  offset = next;
  try {
    localStorage.setItem(KEY, String(next));
  } catch {
    // Without storage it is known until the page ends.
  }
}
