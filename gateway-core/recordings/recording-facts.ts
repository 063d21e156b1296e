/** What is written down of a recording beside its file, and read when the gateway starts again. Pure. */

import { instantOf } from "../contract/instant.ts";
import { isJsonObject, type Json, type JsonObject } from "../contract/json.ts";
import type { Recording } from "../contract/recording.ts";

/** Whoever opens the folder without a gateway reads when it was in words. */
export function factsOf({ progress: _, startedAt, ...recording }: Recording): JsonObject {
  return { ...recording, startedAt: new Date(startedAt).toISOString() };
}

/** Undefined for what no gateway has written. */
export function parseFacts(id: string, input: unknown): Recording | undefined {
  if (!isJsonObject(input) || input["id"] !== id) return undefined;
  const { device, form, state, startedAt, seconds, octets, reason, of, evidence } = input;
  const at = instantOf(startedAt);
  if (typeof device !== "string" || !isForm(form) || !isState(state) || at === undefined) return undefined;
  if (!isAmount(seconds) || !isAmount(octets)) return undefined;
  return {
    ...{ id, device, form, state, startedAt: at, seconds, octets },
    ...(typeof reason === "string" ? { reason } : {}),
    ...(typeof of === "string" ? { of } : {}),
    ...(isJsonObject(evidence) ? { evidence } : {}),
  };
}

type Member = Json | undefined;

const isForm = (form: Member): form is Recording["form"] => form === "mpegts" || form === "dv" || form === "mp4";
const isState = (state: Member): state is Recording["state"] =>
  state === "recording" || state === "converting" || state === "whole" || state === "failed";
const isAmount = (amount: Member): amount is number =>
  typeof amount === "number" && Number.isFinite(amount) && amount >= 0;
