/** What happens in a scenario, step by step, by the clock that is handed in. */

import type { Clock } from "../../gateway-core/contract/clock.ts";
import type { Descriptor } from "../../gateway-core/contract/descriptor.ts";
import type { SimulatedDevice } from "../behaviours/simulated-device.ts";
import { every } from "../every.ts";
import type { HomeNode } from "../home-node.ts";
import { octets } from "../wire/octets.ts";
import { invalidAt, type Step } from "./scenario.ts";
import { edtsOf } from "./values.ts";

export interface Stage {
  readonly nodes: readonly HomeNode[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly find: (eojClass: string) => Descriptor | undefined;
  /** Told of a step that could not be done, such as a move to a taken address. */
  readonly onFailure: (step: Step, thrown: unknown) => void;
}

/** How long a restart leaves a node without power, unless told. */
const restartMs = 2_000;

/**
 * Begins the script; it ends when the signal aborts. Every step is looked through first.
 * @throws HomeError `settings-invalid` with `path`: a node, object or property that is not there.
 */
export function runScript(steps: readonly Step[], stage: Stage): void {
  const { clock, signal } = stage;
  const acts = steps.map((step, index) => ({ step, act: actOf(step, stage, ["script", index]) }));
  for (const { step, act } of acts) {
    const go = (): void => {
      act();
      if (step.everyMs !== undefined) every(clock, step.everyMs, signal, act);
    };
    after(step.atMs, stage, go);
  }
}

function actOf(step: Step, stage: Stage, path: readonly (string | number)[]): () => void {
  const node = stage.nodes.find(({ name }) => name === step.node);
  if (node === undefined) throw invalidAt([...path, "node"], `there is no node "${step.node}"`);
  switch (step.do) {
    case "kill":
      return () => {
        node.kill();
        if (step.forMs !== undefined) after(step.forMs, stage, () => node.revive());
      };
    case "revive":
      return () => node.revive();
    case "restart":
      return () => {
        node.kill();
        after(step.forMs ?? restartMs, stage, () => node.revive());
      };
    case "move":
      return () => void node.move(step.address ?? node.address).catch((thrown) => stage.onFailure(step, thrown));
    case "set":
      return settingOf(step, deviceOf(step, node, path), stage, [...path, "values"]);
    case "burst":
      return burstOf(step, deviceOf(step, node, path), node, path);
  }
}

function deviceOf(step: Step, { devices }: HomeNode, path: readonly (string | number)[]): SimulatedDevice {
  const wanted = step.object === undefined ? undefined : Number.parseInt(step.object, 16);
  const device = devices.find(({ object }) => wanted === undefined || object.eoj === wanted);
  if (device !== undefined) return device;
  throw invalidAt([...path, "object"], `node "${step.node}" has no object ${step.object}`);
}

/** A hand at the device, or one of its sensors. */
function settingOf(
  { values = {} }: Step,
  { object }: SimulatedDevice,
  { find }: Stage,
  path: readonly (string | number)[],
): () => void {
  const descriptor = find((object.eoj >> 8).toString(16).padStart(4, "0"));
  const wanted = [...edtsOf(values, object, descriptor, path)];
  const wrong = wanted.find(({ epc, edt }) => edt === undefined || object.tell(epc)?.length !== edt.length);
  if (wrong !== undefined) throw invalidAt(path, `EPC ${wrong.epc.toString(16)} cannot be set to that while it runs`);
  return () => {
    for (const { epc, edt } of wanted) if (edt !== undefined) object.put(epc, edt);
  };
}

/** As many announcements as are wanted, one behind the other, going round the EDTs. */
function burstOf(step: Step, device: SimulatedDevice, node: HomeNode, path: readonly (string | number)[]): () => void {
  const { count = 1, epc: key = "", edts = [] } = step;
  const epc = Number.parseInt(key, 16);
  const length = device.object.tell(epc)?.length;
  if (length === undefined) throw invalidAt([...path, "epc"], `the object has no property ${key}`);
  const wrong = edts.findIndex((edt) => edt.length !== 2 * length);
  if (wrong >= 0) throw invalidAt([...path, "edts", wrong], `the property has ${length} octets`);
  return () => {
    for (let told = 0; told < count; told++) {
      const edt = edts[told % Math.max(edts.length, 1)];
      if (edt !== undefined) device.object.put(epc, octets(edt));
      node.announce(device, epc);
    }
  };
}

/** Once, unless the signal aborts first. */
function after(delayMs: number, { clock, signal }: Stage, action: () => void): void {
  const timer = clock.after(delayMs, () => {
    signal.removeEventListener("abort", cancel);
    action();
  });
  const cancel = (): void => timer.cancel();
  signal.addEventListener("abort", cancel, { once: true });
}
