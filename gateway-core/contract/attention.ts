/** What of a home needs a person's attention, as its gateway counts it over what they were granted; the access broker shows it beside their other homes. */

import { isJsonObject } from "./json.ts";

export interface Attention {
  /** Of the gateway: major.minor.patch. */
  readonly version: string;
  /** Whether news of the devices reaches the page. */
  readonly isLive: boolean;
  readonly devices: number;
  /** How many of them do not answer. */
  readonly silent: number;
  /** How many report a fault of their own. */
  readonly faulty: number;
  /** How many nobody in the home knows how to control. */
  readonly unknown: number;
}

/** Where it is asked for, at a home's origin. */
export const attentionPath = "/api/attention";

const counts = ["devices", "silent", "faulty", "unknown"] as const;

/** Undefined for anything else: it comes from a home, and homes are of every age. */
export function parseAttention(input: unknown): Attention | undefined {
  if (!isJsonObject(input)) return undefined;
  const { version, isLive, devices, silent, faulty, unknown } = input;
  const isCounted = counts.every((name) => Number.isSafeInteger(input[name]) && Number(input[name]) >= 0);
  if (!isCounted || typeof version !== "string" || !/^\d{1,6}(?:\.\d{1,6}){2}$/.test(version)) return undefined;
  return {
    ...{ version, isLive: isLive === true },
    ...{ devices: Number(devices), silent: Number(silent), faulty: Number(faulty), unknown: Number(unknown) },
  };
}

/** Whether a version of the form major.minor.patch is before another. */
export function isOlderVersion(version: string, than: string): boolean {
  const [mine, other] = [version, than].map((text) => text.split(".").map(Number));
  const at = [0, 1, 2].find((place) => mine?.[place] !== other?.[place]);
  return at !== undefined && (mine?.[at] ?? 0) < (other?.[at] ?? 0);
}
