// Where a change leads to, and the pages of long lists.
import i18next from "i18next";
import { goTo } from "../frame.js";
import { expect } from "../live/store.js";
import { setLocal } from "../local.js";
import { tell } from "../say.js";
import "$/texts/manage.js";

export const toGroup = ({ id }) => goTo(`/groups/${id}`);
export const toRun = ({ id }) => goTo(`/runs/${id}`);
export function askToRemove(id, name) {
  setLocal("manage.about", { id, name });
  setLocal("manage.asking", "remove");
}
export const saved = () => tell(i18next.t("manage.saved"));
export const renewed = () => done(i18next.t("manage.renewed"));
export const removed = (name) => done(i18next.t("manage.removed", { name }));
export const left = (group) => {
  goTo("/");
  done(i18next.t("manage.left", { group }));
};
function done(words) {
  setLocal("manage.asking", "");
  tell(words);
}

export const inviteLink = (token) => (token && typeof location !== "undefined" ? `${location.origin}/invite/${token}` : "");
export const isAdmin = (members, id) => !!members?.some((member) => member.user_id === id && member.is_admin);

/** Shows the link by which somebody takes the place that is kept for them. */
export function claimLink({ token, name }) {
  setLocal("manage.claim", { name, address: `${location.origin}/claim/${token}` });
  setLocal("manage.asking", "claim");
}

const joining = (facts, { group_id, is_open }) => (facts.id !== group_id || facts.joining_open === is_open ? facts : { ...facts, joining_open: is_open });
expect("set_joining", "manage", joining);
expect("set_joining", "group", joining);

const rights = (is_admin) => (facts, { group_id, user_id }) => {
  if (facts.id !== group_id || !facts.members?.some((member) => member.user_id === user_id && member.is_admin !== is_admin)) return facts;
  return { ...facts, members: facts.members.map((member) => (member.user_id === user_id ? { ...member, is_admin } : member)) };
};
expect("promote", "manage", rights(true));
expect("demote", "manage", rights(false));
