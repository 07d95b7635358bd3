// Texts in the browser. English comes with each page, so that the first paint has words: its sections (see rxconfig.py) add
// themselves. Other languages come whole, when asked for.
import { useEffect } from "react";
import i18next from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";

const others = import.meta.glob(["./locales/*.json", "!./locales/en.json"], { import: "default" });

i18next.use(initReactI18next).init({
  lng: "en",
  fallbackLng: "en",
  resources: {},
  initAsync: false,
  interpolation: { escapeValue: false }, // React escapes what it shows.
  react: { useSuspense: false, bindI18nStore: "added" },
  parseMissingKeyHandler: (key) => key.split(".").pop().replaceAll("_", " "),
});

i18next.on("languageChanged", (language) => {
  if (typeof document !== "undefined") document.documentElement.lang = language;
});

export const addTexts = (texts) => i18next.addResourceBundle("en", "translation", texts, true, true, { silent: true });

export const useT = () => useTranslation().t;

export async function setLanguage(language) {
  if (!language || language === i18next.language) return;
  const load = others[`./locales/${language}.json`];
  if (load && !i18next.hasResourceBundle(language, "translation")) {
    i18next.addResourceBundle(language, "translation", await load());
  }
  await i18next.changeLanguage(language);
}

export function Language({ code }) {
  useEffect(() => void setLanguage(code), [code]);
  return null;
}
