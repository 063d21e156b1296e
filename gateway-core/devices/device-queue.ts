/**
 * The commands of one device: one is in flight, the others wait in order. For a property the latest wins: a value that still waits gives way
 * to a newer one for the same property (not across an action, whose effect may depend on it), and is told so at once.
 */

import { type ErrorBody, HomeError } from "../contract/errors.ts";
import type { Json } from "../contract/json.ts";
import type { Command, CommandResult } from "../contract/messages.ts";

/** More than a person or a flow has under way at one device. */
const mostWaiting = 32;

/** A checked command on its way. `wanted` are the values still to be set, `errors` those that failed already; an action has neither. */
export interface Job {
  readonly command: Command;
  readonly wanted: Map<string, Json>;
  readonly errors: Map<string, ErrorBody>;
  /** Called once. */
  readonly answer: (result: CommandResult) => void;
}

export interface DeviceQueue {
  /** @throws HomeError `device-busy` when 32 commands wait already. */
  add(job: Job): void;
}

/** `perform` does a job when its turn has come (it never rejects); `abandon` is told of a job that has nothing left to do. */
export function createDeviceQueue(perform: (job: Job) => Promise<void>, abandon: (job: Job) => void): DeviceQueue {
  const waiting: Job[] = [];
  let isBusy = false;

  async function work(): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await perform(job);
    isBusy = false;
  }

  /** Takes the newer job's properties from those that wait since the last action. */
  function supersede(newer: Job): void {
    const lastAction = waiting.findLastIndex(({ command }) => command.request.kind === "action");
    for (const older of waiting.slice(lastAction + 1)) {
      for (const name of newer.wanted.keys()) {
        if (older.wanted.delete(name)) older.errors.set(name, superseded(name, newer.command).toBody());
      }
      if (older.wanted.size > 0) continue;
      waiting.splice(waiting.indexOf(older), 1);
      abandon(older);
    }
  }

  return {
    add(job) {
      if (job.command.request.kind !== "action") supersede(job);
      if (waiting.length >= mostWaiting) {
        throw new HomeError("device-busy", `${mostWaiting} commands wait for this device already`, {
          waiting: mostWaiting,
        });
      }
      waiting.push(job);
      void work();
    },
  };
}

function superseded(name: string, by: Command): HomeError {
  return new HomeError("command-superseded", `a newer command for ${name} came before this one was sent`, {
    by: by.id,
  });
}
