/** How one browser wants the page: theme, contrast, language, kept in a cookie; and whether it hangs on a wall (`?kiosk=1`). Pure. */

import type { Language } from "../contract/page-texts.ts";

const choices = {
  theme: ["system", "light", "dark"],
  contrast: ["normal", "more"],
  lang: ["en", "ja"],
} as const;

type Choice = keyof typeof choices;

/** Only what was chosen; the rest is as the browser and the machine have it. */
export interface Look {
  readonly theme?: "light" | "dark";
  readonly contrast?: "more";
  readonly lang?: Language;
}

export const cookieName = "genkan-look";
const yearSeconds = 31_536_000;

/** What a request asks for by its query wins over what was kept: `undefined` when it asks for nothing. */
export function askedLook(query: Readonly<Record<string, string>>, kept: Look): Look | undefined {
  const asked = Object.entries(query).filter(([name, value]) => isChoice(name, value));
  return asked.length === 0 ? undefined : readLook({ ...kept, ...Object.fromEntries(asked) });
}

/** What a Cookie header says that was kept; foreign or old words are as none. */
export function keptLook(cookies: string | undefined): Look {
  const found = (cookies ?? "").split(/;\s*/).find((pair) => pair.startsWith(`${cookieName}=`));
  const pairs = (found?.slice(cookieName.length + 1) ?? "").split("&").map((pair) => pair.split("="));
  return readLook(Object.fromEntries(pairs));
}

/** A Set-Cookie header: for this origin, for a year, out of reach for scripts. */
export function lookCookie(look: Look, isSecure: boolean): string {
  const value = Object.entries(look)
    .map((pair) => pair.join("="))
    .join("&");
  const always = `Path=/; Max-Age=${yearSeconds}; HttpOnly; SameSite=Lax`;
  return `${cookieName}=${value}; ${always}${isSecure ? "; Secure" : ""}`;
}

function readLook({ theme, contrast, lang }: Readonly<Record<string, string | undefined>>): Look {
  return {
    ...(theme === "light" || theme === "dark" ? { theme } : {}),
    ...(contrast === "more" ? { contrast } : {}),
    ...(lang === "en" || lang === "ja" ? { lang } : {}),
  };
}

function isChoice(name: string, value: string): name is Choice {
  return (
    Object.hasOwn(choices, name) &&
    Object.entries(choices).some(([key, words]) => key === name && words.some((word) => word === value))
  );
}
