/** Pages of the access broker, as it renders them. */

import { loginForm } from "../../access-broker/internet/forms.ts";
import { type HomeLine, homesPage } from "../../access-broker/internet/homes-pages.ts";
import { renderOwnPage } from "../../access-broker/internet/own-page.ts";
import { type Language, speechFor } from "../../access-broker/internet/words.ts";

const hourMs = 60 * 60_000;
const seen = { version: "0.1.0", isLive: true, devices: 50, silent: 0, faulty: 0, unknown: 0 };

const homes: readonly HomeLine[] = [
  { number: "090-1234-5678", user: "hanako", role: "owner", address: "/", state: "online", attention: seen },
  {
    ...{ number: "0745-82-0123", user: "hanako", role: "owner", address: "/", state: "online", isOld: true },
    attention: { ...seen, devices: 14, silent: 2, faulty: 1, unknown: 1 },
  },
  {
    number: "03-5555-0199",
    user: "grandma",
    role: "guest",
    address: "/",
    state: "away",
    since: Date.now() - 3 * hourMs,
  },
  { number: "050-1111-2222", user: "guest", role: "guest", address: "/", state: "closed" },
];

export function login(language: Language): string {
  const speech = speechFor(language);
  return renderOwnPage(loginForm("090-1234-5678", speech), speech);
}

export function homesOf(language: Language): string {
  const speech = speechFor(language);
  return renderOwnPage(homesPage(homes, { kept: [], offered: "" }, Date.now(), speech), speech);
}
