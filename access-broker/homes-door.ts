/** Joins the page of a person's homes to what knows them: the passkeys, the links, and what each home says of itself. */

import type { AccessNumber } from "../gateway-core/contract/access-number.ts";
import { attentionPath, isOlderVersion, parseAttention } from "../gateway-core/contract/attention.ts";
import manifest from "../package.json" with { type: "json" };
import type { GatewayDirectory } from "./gateways/gateway-directory.ts";
import type { HomesDeskOptions } from "./internet/homes-desk.ts";
import type { HomeSight, ShownHome } from "./internet/shown-home.ts";
import type { Visit } from "./internet/visit.ts";
import type { PageRelay } from "./pages/page-relay.ts";
import { shortJson } from "./pages/whole-body.ts";

/** What asking a home starts there, a search for devices, is waited for so long. */
const waitedMs = 2_000;
/** No home says more of itself. */
const longestAnswer = 4_096;
const [ownVersion = "0.0.0"] = /^\d+\.\d+\.\d+/.exec(manifest.version) ?? [];

export interface HomesDoorOptions {
  readonly host: string;
  readonly directory: Pick<GatewayDirectory, "find" | "awaySince">;
  readonly relay: PageRelay["relay"];
}

/** Looks into one home as the person whose it is, with the rights that their passkey has there. */
export function createHomeSight({ host, directory, relay }: HomesDoorOptions): HomesDeskOptions["lookInto"] {
  async function ask({ number, user, access }: ShownHome, visit: Visit): Promise<HomeSight> {
    const viewer = { user, session: `homes ${number} ${user}`, grant: access.grant, sight: undefined };
    const headers = new Headers({ accept: "application/json", "accept-language": visit.speech.language });
    const line = { method: "GET", target: attentionPath, authority: authorityOf(number, visit), headers } as const;
    const signal = AbortSignal.any([visit.signal, AbortSignal.timeout(waitedMs)]);
    try {
      const answer = await relay({ ...line, body: new Uint8Array(0), signal }, number, {
        ...{ ...viewer, source: visit.source },
      });
      const told = await shortJson(answer.body, longestAnswer);
      const attention = answer.ok ? parseAttention(told) : undefined;
      if (attention === undefined) return { state: "online" };
      return { state: "online", attention, isOld: isOlderVersion(attention.version, ownVersion) };
    } catch {
      // It is linked, and slow or older than this question, or says too much.
      return { state: "online" };
    }
  }

  const authorityOf = (number: AccessNumber, { authority }: Visit): string =>
    `${number}.${host}${authority.slice(host.length)}`;

  return async (home, visit) => {
    if (home.access.rights === "none") return { state: "closed" };
    if (directory.find(home.number)?.isPageOffered === undefined) {
      const since = directory.awaySince(home.number);
      return since === undefined ? { state: "away" } : { state: "away", since };
    }
    return ask(home, visit);
  };
}
