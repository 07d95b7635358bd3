// Households of a group: who settles as one, and what is proposed, as one member sees it.
import i18next from "i18next";
import { once } from "../live/store.js";

const NONE = [];
const all = (rows) => once(rows, "listed", Object.values) ?? NONE;
const nameOf = (people, id) => people?.[id]?.name ?? "";

const pair = (row, people, me) => ({
  id: row.id,
  user: nameOf(people, row.user_id),
  payer: nameOf(people, row.payer_id),
  other: nameOf(people, row.user_id === me ? row.payer_id : row.user_id),
  mine: row.user_id === me || row.payer_id === me,
  asks_me: row.proposed_by !== me && (row.user_id === me || row.payer_id === me),
  asked_by_me: row.proposed_by === me,
});

/** The payer with everybody they settle for; their balances together. */
export function households(rows, people, me) {
  const homes = {};
  for (const row of all(rows).filter((each) => each.agreed)) (homes[row.payer_id] ??= []).push(row);
  return Object.entries(homes).map(([payer, members]) => {
    const ids = [payer, ...members.map((row) => row.user_id)];
    const names = new Intl.ListFormat(i18next.language).format(ids.map((id) => nameOf(people, id)));
    const balance = ids.reduce((sum, id) => sum + (people?.[id]?.balance ?? 0), 0);
    return { id: payer, names, payer: nameOf(people, payer), balance, mine: ids.includes(me), pairs: members.map((row) => pair(row, people, me)) };
  });
}
export const mine = (rows, people, me) => households(rows, people, me).find((home) => home.mine) ?? { id: "", names: "", payer: "", balance: 0, mine: false, pairs: NONE };

/** What nobody has agreed to yet; what asks the viewer comes first. */
export const proposals = (rows, people, me) =>
  all(rows)
    .filter((row) => !row.agreed)
    .map((row) => pair(row, people, me))
    .sort((one, other) => other.asks_me - one.asks_me || (one.id < other.id ? -1 : 1));

/** With whom somebody may settle as one: [id, name], after a first entry that is none. */
export const members = (people, me) => [["", "—"], ...all(people).filter(({ id, is_member }) => id !== me && is_member).map(({ id, name }) => [id, name])];
