/** The one place where commands of page, remote and local callers meet (contract Control): checked, queued by device, answered once by id. */

import type { DeviceRef, Outcome, Session } from "../contract/adapter.ts";
import type { Host } from "../contract/clock.ts";
import type { Descriptor } from "../contract/descriptor.ts";
import type { DeviceId } from "../contract/device.ts";
import { HomeError, toHomeError } from "../contract/errors.ts";
import type { Command, CommandResult, Control } from "../contract/messages.ts";
import { checkAction, errorsOfSet } from "./check-request.ts";
import { failed, resultOfAction, resultOfSet } from "./command-result.ts";
import { CommandStore } from "./command-store.ts";
import { withDeadline } from "./deadline.ts";
import { createDeviceQueue, type DeviceQueue, type Job } from "./device-queue.ts";
import type { Registry } from "./registry.ts";

export interface ControlOptions {
  readonly host: Host;
  readonly registry: Registry;
  readonly reach: (id: DeviceId) => { readonly session: Session; readonly ref: DeviceRef } | undefined;
  /** Aborts when the house closes: what is under way then fails as `device-unavailable`. */
  readonly signal: AbortSignal;
}

/** How long a set may take to be confirmed where its descriptor says nothing (`gk:settle`, docs/descriptors.md). */
const settleSeconds = 10;

/**
 * Every command gets one result, by its promise and by `onResult`; a repeated id gets the first one's again, without effect.
 * Codes: `unknown-device`, `unknown-property`, `unknown-action`, `read-only`, `value-invalid`, `out-of-range` (nothing is
 * sent; a set with one wrong value is refused whole), `device-busy`, `command-superseded`, `command-expired`,
 * `device-unavailable`, `device-silent` (not confirmed within `gk:settle`), and what the adapter reports.
 */
export function createControl({ host, registry, reach, signal }: ControlOptions): Control {
  const store = new CommandStore(host.clock);
  const queues = new Map<DeviceId, DeviceQueue>();
  const listeners = new Set<(result: CommandResult) => void>();

  const emit = (result: CommandResult): void => {
    for (const listener of listeners) listener(result);
  };

  /** Checks and queues. @throws HomeError: nothing was or will be sent. */
  function accept(command: Command): Promise<CommandResult> {
    const { request } = command;
    const { descriptor } = deviceOf(command.device);
    const wanted = request.kind === "set" ? request.value : { [request.name]: request.value };
    if (request.kind === "action") checkAction(descriptor, request.name, request.value);
    else {
      const errors = errorsOfSet(descriptor, wanted);
      if (Object.keys(errors).length > 0) return Promise.resolve(resultOfSet(command, { values: {}, errors }));
      if (Object.keys(wanted).length === 0) throw new HomeError("command-invalid", "the command sets no property");
    }
    const { promise, resolve } = Promise.withResolvers<CommandResult>();
    queueOf(command.device).add({
      command,
      wanted: new Map(request.kind === "action" ? [] : Object.entries(wanted)),
      errors: new Map(),
      answer: resolve,
    });
    return promise;
  }

  const deviceOf = (id: DeviceId) => {
    const device = registry.get(id);
    if (device === undefined) throw new HomeError("unknown-device", `no device ${id} is known`, { device: id });
    return device;
  };

  function queueOf(id: DeviceId): DeviceQueue {
    const queue = queues.get(id) ?? createDeviceQueue(perform, (job) => end(job, { values: {}, errors: {} }));
    queues.set(id, queue);
    return queue;
  }

  /** Answers a job with what the device made of it and what had given way before. */
  function end({ command, errors, answer }: Job, outcome: Outcome): void {
    const whole = { values: outcome.values, errors: { ...Object.fromEntries(errors), ...outcome.errors } };
    answer(command.request.kind === "action" ? resultOfAction(command, whole) : resultOfSet(command, whole));
  }

  async function perform(job: Job): Promise<void> {
    const { command } = job;
    try {
      const outcome = await carryOut(job);
      for (const [name, value] of Object.entries(outcome.values)) registry.report(command.device, name, value);
      end(job, outcome);
    } catch (thrown) {
      const error = toHomeError(thrown);
      if (error.code === "internal") {
        host.log.write("error", "command-failed", { device: command.device, cause: String(error.cause ?? error) });
      }
      job.answer(failed(command, error.toBody()));
    }
  }

  /** The checks of the moment, then the adapter: nothing is awaited between them. */
  async function carryOut({ command, wanted }: Job): Promise<Outcome> {
    const { device: id, request, expires } = command;
    if (expires !== undefined && host.clock.now() > expires) {
      const until = new Date(expires).toISOString();
      throw new HomeError("command-expired", `the command was good until ${until}`, { expires: until });
    }
    const { descriptor, available } = deviceOf(id);
    const reached = reach(id);
    if (reached === undefined || !available || signal.aborted) throw unavailable(id);
    const { session, ref } = reached;
    const ms = settleMs(descriptor, wanted.keys());
    const late = () => new HomeError("device-silent", `device ${id} did not confirm within ${ms / 1_000} s`);
    const deadline = { clock: host.clock, ms, late, signal, closed: () => unavailable(id) };
    return withDeadline(deadline, (call) =>
      request.kind === "action"
        ? session.invoke(ref, descriptor, request.name, request.value, call)
        : session.set(ref, descriptor, Object.fromEntries(wanted), call),
    );
  }

  async function begin(command: Command): Promise<CommandResult> {
    try {
      return await accept(command);
    } catch (thrown) {
      return failed(command, toHomeError(thrown).toBody());
    }
  }

  return {
    async execute(command) {
      // What somebody signed is an effect of its own: no other command can have taken its id before.
      const key = command.signature === undefined ? command.id : `signed ${command.id}`;
      const known = store.recall(key);
      const isRepeated = known?.finishedAt !== undefined;
      const result = known?.result ?? begin(command);
      if (known === undefined) store.remember(key, result);
      // Who repeats a finished command has missed its result; who repeats one under way will hear it with the first.
      if (known === undefined || isRepeated) emit(await result);
      return result;
    },
    onResult(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** The longest settling time of the properties concerned, in milliseconds. */
function settleMs(descriptor: Descriptor, names: Iterable<string>): number {
  const seconds = Array.from(names, (name) => descriptor.properties[name]?.["gk:settle"] ?? settleSeconds);
  return 1_000 * Math.max(...(seconds.length > 0 ? seconds : [settleSeconds]));
}

const unavailable = (id: DeviceId): HomeError =>
  new HomeError("device-unavailable", `device ${id} does not answer now`, { device: id });
