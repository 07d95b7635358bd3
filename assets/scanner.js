// Reads a barcode through the camera where the browser can. The camera is on only while it looks, and let go whatever
// happens: a code found, Stop, another page, the tab put away.
import { createElement, useEffect, useRef, useState } from "react";

const FORMATS = ["ean_13", "ean_8", "upc_a"];
const PAUSE_MS = 150;
const REASONS = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "none", OverconstrainedError: "none" };

async function detector() {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return null;
  const known = await window.BarcodeDetector.getSupportedFormats();
  const formats = FORMATS.filter((format) => known.includes(format));
  return formats.length ? new window.BarcodeDetector({ formats }) : null;
}

export function Scanner({ words = {}, onCode }) {
  const [reader, setReader] = useState(); // not known until asked
  const [looking, setLooking] = useState(false);
  const [problem, setProblem] = useState("");
  const video = useRef(null);
  const found = useRef(onCode);
  found.current = onCode;

  useEffect(() => {
    let gone = false;
    detector().then((found) => !gone && setReader(found), () => !gone && setReader(null));
    return () => void (gone = true);
  }, []);

  useEffect(() => {
    if (!looking) return;
    const screen = video.current; // the next time it is another one
    let over = false;
    let stream;
    let timer;
    const release = () => {
      over = true;
      clearTimeout(timer);
      stream?.getTracks().forEach((track) => track.stop());
      screen.srcObject = null;
    };
    const stop = () => setLooking(false);
    const hidden = () => document.hidden && stop();
    const leaving = () => {
      release(); // the page may be frozen before it is drawn again
      stop();
    };
    const look = async () => {
      const codes = screen.readyState >= 2 ? await reader.detect(screen).catch(() => []) : [];
      if (over) return;
      if (codes.length) {
        stop();
        found.current?.(codes[0].rawValue);
      } else {
        timer = setTimeout(look, PAUSE_MS);
      }
    };
    const begin = async () => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
      if (over) return release(); // stopped while the browser asked for leave
      screen.srcObject = stream;
      await screen.play();
      look();
    };
    begin().catch((error) => {
      if (over) return;
      setProblem(REASONS[error.name] ?? "failed");
      stop();
    });
    document.addEventListener("visibilitychange", hidden);
    window.addEventListener("pagehide", leaving);
    return () => {
      document.removeEventListener("visibilitychange", hidden);
      window.removeEventListener("pagehide", leaving);
      release();
    };
  }, [looking]);

  if (reader === undefined) return null;
  if (!reader) return createElement("p", { className: "scanner-note" }, words.unable);
  const press = (label, look, next) =>
    createElement(
      "button",
      {
        type: "button",
        className: `btn ${look}`,
        onClick: () => {
          setProblem("");
          setLooking(next);
        },
      },
      label,
    );
  return createElement(
    "div",
    { className: "scanner" },
    looking ? createElement("video", { key: "video", ref: video, muted: true, playsInline: true, "aria-label": words.picture }) : null,
    looking ? createElement("p", { key: "hint", role: "status", className: "scanner-note" }, words.hint) : null,
    problem ? createElement("p", { key: "problem", role: "alert", className: "notice notice-warn" }, words[problem]) : null,
    looking ? press(words.stop, "btn-ghost", false) : press(words.start, "btn-soft", true),
  );
}
