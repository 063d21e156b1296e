/**
 * The control as it is towards whoever is not trusted with everything: what the home demands a signature for is done only
 * with one, once. What was signed is remembered on disk until it is over, so that neither a restart nor a flood of other
 * commands lets a recorded one be done again.
 */

import type { Host } from "../contract/clock.ts";
import { HomeError, toHomeError } from "../contract/errors.ts";
import { isJsonObject, type JsonObject } from "../contract/json.ts";
import type { Command, CommandResult, Control } from "../contract/messages.ts";
import { judgeSignature, namesToSign, type SignatureRules, type SignedCommand } from "./judge-signature.ts";
import type { RegisteredKeys } from "./registered-keys.ts";

const name = "signed-commands";
/** Signed commands of five minutes: more than a person gives. */
const mostRemembered = 1_000;

export interface SignedControlOptions {
  readonly host: Pick<Host, "clock" | "memory" | "log">;
  readonly control: Control;
  readonly rules: SignatureRules;
  readonly keys: Pick<RegisteredKeys, "list">;
  /** The name that signatures are made for: the access number. */
  readonly home: () => string;
}

/** Codes beside the control's own: `signature-required`, `signature-invalid`. */
export function createSignedControl({ host, control, rules, keys, home }: SignedControlOptions): Control {
  const { clock, memory, log } = host;
  const listeners = new Set<(result: CommandResult) => void>();
  const done = new Map<string, Promise<CommandResult>>();

  const emit = (result: CommandResult): CommandResult => {
    for (const listener of listeners) listener(result);
    return result;
  };

  /** Writes down that the command is done now, before it is. @throws HomeError `signature-invalid` when it was before. */
  function spend({ id, expires }: SignedCommand): void {
    const kept = memory.read(name);
    const all: JsonObject = isJsonObject(kept) ? kept : {};
    const still = Object.entries(all).filter(([, until]) => typeof until === "number" && until >= clock.now());
    if (Object.hasOwn(all, id)) throw new HomeError("signature-invalid", "this command was given before", replayed);
    if (still.length >= mostRemembered)
      throw new HomeError("too-many-attempts", "too many signed commands at once", { retryAfter: 60 });
    memory.write(name, Object.fromEntries([...still, [id, expires]]));
    for (const old of done.keys()) if (!still.some(([one]) => one === old)) done.delete(old);
  }

  async function executeSigned(command: Command): Promise<CommandResult> {
    const signed = judgeSignature(command, keys.list(), home(), clock.now());
    const before = done.get(signed.id);
    // Whoever repeats it has missed the result, which is told once more; nothing is done.
    if (before !== undefined) return emit(await before);
    spend(signed);
    const result = control.execute(signed);
    done.set(signed.id, result);
    return result;
  }

  return {
    async execute(command) {
      const { id, device, request } = command;
      const names = namesToSign(rules, device, request);
      if (names.length === 0) return control.execute(unsigned(command));
      try {
        return await executeSigned(command);
      } catch (thrown) {
        const error = toHomeError(thrown).toBody();
        log.write("warn", "command-not-signed", { device, names, code: error.code, reason: error["reason"] ?? null });
        return emit({ id, device, request, ok: false, error: { ...error, names } });
      }
    },
    onResult(listener) {
      listeners.add(listener);
      const stop = control.onResult(listener);
      return () => {
        listeners.delete(listener);
        stop();
      };
    },
  };
}

/** Nobody has looked at a signature that was not asked for. */
function unsigned({ signature: _, ...command }: Command): Command {
  return command;
}

const replayed = { reason: "replayed" } as const;
