/** What a check is given in a test. */

import { parseArguments } from "../../../command/arguments.ts";
import type { Examined } from "../../../command/doctor/finding.ts";
import { parseSettings } from "../../../gateway-core/gateway.ts";

export function examined(args: readonly string[], more: Partial<Examined> = {}): Examined {
  return {
    args: parseArguments(["doctor", "--lang", "en", ...args], {}),
    settings: parseSettings({}),
    addresses: [],
    seconds: 0.2,
    gateway: undefined,
    ...more,
  };
}
