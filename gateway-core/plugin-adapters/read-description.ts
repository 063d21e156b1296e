/** Reads what an adapter of another package says that a device is: a descriptor, by the judge of all descriptors. */

import type { Descriptor } from "../contract/descriptor.ts";
import { HomeError } from "../contract/errors.ts";
import { isJsonObject, type JsonObject } from "../contract/json.ts";
import { narrowScreen } from "../contract/narrow-screen.ts";
import { copyJson } from "./copy-json.ts";
import type { Faults } from "./faults.ts";
import type { JudgeDescriptor } from "./parse-plugin.ts";

const largest = 1024 * 1024;

/**
 * Names on its screen that the device lacks are left out, and a stream that its adapter could not open.
 * @throws HomeError `descriptor-invalid`, told once
 */
export function readDescription(
  answer: unknown,
  judge: JudgeDescriptor,
  { hasStreams, faults }: { readonly hasStreams: boolean; readonly faults: Faults },
): Descriptor {
  const copy = copyJson(answer, largest);
  if (!isJsonObject(copy)) throw faults.fault("describe", "it answers no descriptor");
  try {
    const { "gk:stream": hasStream, ...rest } = judge(withScreenOf(copy));
    return hasStream === undefined || !hasStreams ? rest : { ...rest, "gk:stream": hasStream };
  } catch (thrown) {
    if (thrown instanceof HomeError) faults.fault("describe", thrown.message);
    throw thrown;
  }
}

/** Not judged yet: what has no screen of the right shape stays as it is. */
function withScreenOf(candidate: JsonObject): JsonObject {
  const { "gk:screen": screen, ...rest } = candidate;
  if (!isJsonObject(screen) || !isJsonObject(rest["properties"])) return candidate;
  try {
    const { properties, actions } = rest as unknown as Descriptor;
    const narrowed = narrowScreen(screen, { properties, ...(actions === undefined ? {} : { actions }) });
    return { ...rest, "gk:screen": narrowed as JsonObject };
  } catch {
    return candidate;
  }
}
