// A button that sends photos or PDFs, one after the other, and says how far it is and what is refused. They go on a receipt at
// once, or one of them waits in a field for its form.
import { createElement, useContext, useId, useRef, useState } from "react";
import i18next from "i18next";
import "$/texts/kit.js";
import "$/texts/receipts.js";
import "$/texts/errors.js";
import { readAs, Refusals } from "../form.js";
import { operate } from "../live/operate.js";
import { tell, words } from "../say.js";

const KINDS = "image/jpeg,image/png,image/webp,image/heic,image/heif,application/pdf,.heic,.heif";
const MOST_MB = 10;

/** Sends a file with its progress, which fetch can't tell. Resolves with what the server received; rejects with words. */
const sent = (address, file, onProgress) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.upload.onprogress = ({ loaded, total }) => onProgress(Math.floor((100 * loaded) / (total || 1)));
    request.onload = () => {
      let answer;
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        // A proxy's error page, say.
      }
      if (request.status === 201) resolve(answer);
      else reject(new Error(answer?.errors?.[0]?.message ?? answer?.detail ?? i18next.t("kit.unexpected")));
    };
    request.onerror = () => reject(new Error(i18next.t("kit.unreachable")));
    request.send(file);
  });

const SENDING = "sending";
readAs("photo", (text) => (text === SENDING ? { error: "photo_on_its_way" } : { value: text }));

export function PhotoUpload({ run, receipt, field, label, name, icon, className }) {
  const [percent, setPercent] = useState(null);
  const [own, setProblem] = useState("");
  const [kept, setKept] = useState({ id: "", name: "" });
  const refused = useContext(Refusals)[field];
  const input = useRef(null);
  const described = useId();

  const attach = async (file) => {
    if (file.size > MOST_MB * 1_000_000) throw new Error(i18next.t("errors.file_too_large", { megabytes: MOST_MB }));
    setPercent(0);
    const { id } = await sent(`/api/v1/runs/${run}/attachments`, file, setPercent);
    if (field) return setKept({ id, name: file.name });
    await operate("attach_to_receipt", { run_id: run, receipt_id: receipt, attachment_id: id }, { quiet: true }).catch(async (refusal) => {
      throw new Error(await words(refusal));
    });
  };
  const send = async (files) => {
    setProblem("");
    try {
      for (const file of files) await attach(file);
      if (receipt) tell(i18next.t("receipts.photo_added"));
    } catch (refusal) {
      setProblem(refusal.message);
    }
    setPercent(null);
    if (input.current) input.current.value = ""; // the same file may be chosen again
  };

  const busy = percent !== null;
  const problem = own || (refused ?? "");
  const said = !busy ? label : percent < 100 ? i18next.t("receipts.photo_sending", { percent }) : i18next.t("receipts.photo_preparing");
  return createElement(
    "div",
    { className: "photo-upload" },
    createElement("input", {
      ref: input,
      type: "file",
      accept: KINDS,
      multiple: !field,
      hidden: true,
      tabIndex: -1,
      "data-photo": receipt ?? field,
      onChange: (event) => event.target.files?.length && send([...event.target.files]),
    }),
    createElement(
      "button",
      { type: "button", className, "aria-label": busy ? undefined : name, "aria-describedby": problem ? described : undefined, "aria-busy": busy || undefined, disabled: busy, title: i18next.t("receipts.photo_kinds"), onClick: () => input.current?.click() },
      icon,
      said,
    ),
    field ? createElement("input", { type: "hidden", name: field, value: busy ? SENDING : kept.id }) : null,
    field ? createElement("p", { role: "status", className: "field-hint break-words empty:hidden" }, kept.id && !busy ? i18next.t("receipts.photo_kept", { name: kept.name }) : null) : null,
    busy ? createElement("progress", { className: "photo-progress", max: 100, value: percent, "aria-label": said }) : null,
    createElement("div", { role: "alert", className: "empty:hidden" }, problem ? createElement("p", { id: described, className: "notice notice-bad" }, problem) : null),
  );
}
