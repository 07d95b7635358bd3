// Notifications in words, and what the list looks like once something is read.
import { useTranslation } from "react-i18next";
import { spelled } from "../format.js";
import { expect } from "../live/store.js";
import "$/texts/format.js";
import "$/texts/notice.js";
import "$/texts/unit.js";

/** What happened, in a sentence. */
export function useSentence() {
  const { t, i18n } = useTranslation();
  return (kind, details, group) => (kind ? t(`notice.${kind}`, { group: group ?? "", ...spelled(details, i18n.language) }) : "");
}

/** Where it leads to, or "" where there is nothing to go to: nobody may see a group they are in no more. */
export function hrefOf(kind, runId, groupId, left) {
  if (left || kind === "group_closed") return "";
  if (/^(payment_|asked_to_pay|household_)/.test(kind)) return `/groups/${groupId}/money`;
  return runId ? `/runs/${runId}` : groupId ? `/groups/${groupId}` : "";
}

const read = (facts, ids) => {
  const unread = ids.filter((id) => facts.lines?.[id]?.unread);
  if (!unread.length) return facts;
  const lines = { ...facts.lines };
  for (const id of unread) lines[id] = { ...lines[id], unread: false };
  return { ...facts, lines, unread: Math.max(0, facts.unread - unread.length) };
};
expect("read_one", "notifications", (facts, { notification_id }) => read(facts, [notification_id]));
expect("read_all", "notifications", (facts) => {
  const next = read(facts, Object.keys(facts.lines ?? {}));
  return next.unread ? { ...next, unread: 0 } : next;
});
expect("read_all", "me", (facts) => (facts.unread ? { ...facts, unread: 0 } : facts));
