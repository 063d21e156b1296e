/**
 * Follows one device for one subscriber: reads it once, is told of changes where the device tells them (NOTIFY), polls
 * the rest; says when it has left the bus or fallen silent, and when it is back.
 */

import type { Change } from "../contract/adapter.ts";
import type { Timer } from "../contract/clock.ts";
import { createMailbox } from "../contract/mailbox.ts";
import { bindingsOf } from "./avc-binding.ts";
import { type AvcDeviceOptions, ask, byStatus, told } from "./avc-device.ts";
import { avcFrame, unitAddress } from "./avc-units.ts";

export interface DeviceWatch extends AvcDeviceOptions {
  readonly isPresent: () => boolean;
  /** Calls the listener when nodes have come, moved or gone, and when something was commanded. */
  readonly onNews: (listener: () => void) => () => void;
  readonly availabilityMs: number;
  readonly pollMs: number;
}

/** The part of `availabilityMs` after which silence is taken for absence. */
const giveUp = 3 / 4;
/** What tells its changes by itself is still asked now and then. */
const notifiedPolls = 10;
/** A mechanism that moves is looked at until it stands; not every device tells that it does. */
const transitionMs = 500;

interface Question {
  readonly names: readonly string[];
  readonly isUnit: boolean;
  readonly frame: Uint8Array;
  readonly pollMs: number;
  /** Whether it is worth asking it to tell its changes. */
  notifies: boolean;
  dueAt: number;
  /** Whether the device has promised to tell the next change. */
  isPromised: boolean;
}

export async function* watchDevice(watch: DeviceWatch): AsyncGenerator<Change> {
  const { clock, signal } = watch;
  const mailbox = createMailbox<Change>(signal);
  const questions = questionsOf(watch);
  let available: boolean | undefined;
  let heardAt = clock.now();
  let timer: Timer | undefined;
  let isReading = false;

  const setAvailable = (is: boolean): void => {
    if (available === is) return;
    available = is;
    mailbox.put({ type: "availability", available: is });
  };

  /** Asks whatever is due, one question after another, and sleeps until the next is. */
  async function check(): Promise<void> {
    if (isReading || signal.aborted) return;
    isReading = true;
    timer?.cancel();
    for (let due = nextDue(); due !== undefined && watch.isPresent(); due = nextDue()) await read(due);
    isReading = false;
    if (!signal.aborted) schedule();
  }

  const nextDue = (): Question | undefined =>
    signal.aborted ? undefined : questions.find(({ dueAt }) => dueAt <= clock.now());

  function schedule(): void {
    if (!watch.isPresent()) {
      setAvailable(false);
      return;
    }
    const soonest = Math.min(...questions.map(({ dueAt }) => dueAt));
    if (Number.isFinite(soonest)) timer = clock.after(Math.max(0, soonest - clock.now()), () => void check());
    else setAvailable(true);
  }

  async function read(question: Question): Promise<void> {
    question.dueAt = clock.now() + question.pollMs * (question.isPromised ? notifiedPolls : 1);
    try {
      const response = await ask(watch, "STATUS", question.isUnit, question.frame);
      heardAt = clock.now();
      setAvailable(true);
      const { properties } = bindingsOf(watch.descriptor);
      for (const property of question.names) {
        const value = properties.get(property)?.read(response.code, told(response));
        if (value !== undefined) mailbox.put({ type: "value", property, value });
      }
      if (response.code === "IN TRANSITION") question.dueAt = clock.now() + Math.min(question.pollMs, transitionMs);
      else if (question.notifies && !question.isPromised) await askToTell(question);
    } catch {
      if (!signal.aborted && clock.now() - heardAt >= giveUp * watch.availabilityMs) setAvailable(false);
    }
  }

  async function askToTell(question: Question): Promise<void> {
    const { device, fcp } = watch;
    const address = question.isUnit ? unitAddress : device.subunit;
    const onChanged = (): void => {
      question.isPromised = false;
      question.dueAt = 0;
      void check();
    };
    const command = avcFrame("NOTIFY", address, question.frame);
    const { code } = await fcp.notify(device.guid, command, onChanged, signal);
    question.isPromised = code === "INTERIM";
    question.notifies = question.isPromised;
    question.dueAt = clock.now() + question.pollMs * (question.isPromised ? notifiedPolls : 1);
  }

  /** Promises end with a bus reset; what was commanded shows soon. */
  const stop = watch.onNews(() => {
    for (const question of questions) {
      question.isPromised = false;
      question.dueAt = 0;
    }
    if (!watch.isPresent()) setAvailable(false);
    void check();
  });
  try {
    void check();
    yield* mailbox;
  } finally {
    stop();
    timer?.cancel();
  }
}

function questionsOf({ descriptor, pollMs }: DeviceWatch): Question[] {
  const bindings = bindingsOf(descriptor);
  const readable = Object.keys(descriptor.properties).filter((name) => !descriptor.properties[name]?.writeOnly);
  return [...byStatus(readable, bindings).values()].flatMap((names) => {
    const bound = names.flatMap((name) => bindings.properties.get(name) ?? []);
    const [first] = bound;
    if (first?.status === undefined) return [];
    const wished = bound.flatMap((binding) => binding.pollMs ?? []);
    return [
      {
        names,
        isUnit: first.isUnit,
        frame: first.status,
        pollMs: wished.length > 0 ? Math.min(...wished) : pollMs,
        notifies: bound.some(({ notifies }) => notifies),
        dueAt: 0,
        isPromised: false,
      },
    ];
  });
}
