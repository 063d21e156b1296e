/** What a check of `genkan doctor` finds, and what it is given to find it. */

import type { Settings } from "../../gateway-core/gateway.ts";
import type { Arguments, Language } from "../arguments.ts";
import { say, type TextName } from "../say.ts";
import type { RunningGateway } from "./running-gateway.ts";

export interface Finding {
  /** Constant, kebab-case: what was looked at. */
  readonly name: string;
  /** `fail`: it cannot work so; `warn`: something is missing or odd. */
  readonly state: "ok" | "warn" | "fail";
  /** What was found, in the person's language. */
  readonly text: string;
  /** What to do about it. */
  readonly hint?: string;
}

export interface Examined {
  readonly args: Arguments;
  readonly settings: Settings;
  /** IPv4 addresses that the gateway uses, or would use; none when the settings lead to none. */
  readonly addresses: readonly string[];
  /** How long to listen for devices. */
  readonly seconds: number;
  /** The gateway of this state folder, when it runs now. */
  readonly gateway: RunningGateway | undefined;
}

/** Looks at one thing. What it cannot look at is a finding too: it does not throw. */
export type Check = (examined: Examined) => Promise<Finding>;

type Facts = Readonly<Record<string, string | number>>;

/** Makes findings of one name, in one language. */
export function findings(name: string, language: Language) {
  const finding =
    (state: Finding["state"]) =>
    (text: TextName, facts: Facts = {}, hint?: TextName): Finding => ({
      name,
      state,
      text: say(language, text, facts),
      ...(hint === undefined ? {} : { hint: say(language, hint, facts) }),
    });
  return { ok: finding("ok"), warn: finding("warn"), fail: finding("fail") };
}
