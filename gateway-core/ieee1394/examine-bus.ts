/** What stands on a bus and why it is or is no device of the home: for a person who misses one. */

import type { Host } from "../contract/clock.ts";
import { sleep } from "../contract/clock.ts";
import { HomeError } from "../contract/errors.ts";
import { type Bus, type NodeAt, noBus } from "./bus.ts";
import { type ConfigRom, decodeConfigRom } from "./config-rom.ts";
import { takesAvc, takesCommands } from "./discovery.ts";
import { type OpenBus, openNamedBus } from "./open-bus.ts";
import { decodeOutputPlug, outputPlugAddress } from "./plug.ts";
import { readBusInfo, readRom } from "./rom-reader.ts";

export interface ExaminedNode {
  /** Physical id, 0 to 62. */
  readonly node: number;
  readonly guid: string | undefined;
  /** What its ROM calls it. */
  readonly name: string;
  /** `plug-offline`: an AV device whose output cannot be received; a bus reset may help. */
  readonly state: "av" | "plug-offline" | "not-av" | "unreadable";
  /** Of one that is unreadable. */
  readonly reason?: string;
  /** How often the place was read where it could not be. */
  readonly tries?: number;
}

export interface ExamineOptions {
  readonly host: Host;
  readonly patienceMs: number;
  /** Makes a bus reset first, after which nodes show their plugs anew. */
  readonly isReset?: boolean;
  readonly open?: OpenBus;
}

const stepMs = 50;
/** Linux makes no reset within two seconds of another. */
const resetMs = 5_000;

/**
 * Undefined while no bus is there within `patienceMs`.
 * @throws HomeError `settings-invalid` for what names no bus
 */
export async function examineBus(
  name: string,
  { host, patienceMs, isReset = false, open = openNamedBus }: ExamineOptions,
): Promise<readonly ExaminedNode[] | undefined> {
  await using bus = open(name, host);
  const wait = async (isThere: () => boolean, ms: number): Promise<void> => {
    for (let waitedMs = 0; !isThere() && waitedMs < ms; waitedMs += stepMs) await sleep(host.clock, stepMs);
  };
  await wait(() => bus.state !== noBus, patienceMs);
  if (isReset) {
    const before = bus.state.generation;
    bus.resetBus();
    await wait(() => bus.state.generation !== before, resetMs);
  }
  const { generation, nodeIds, localNodeId } = bus.state;
  if (nodeIds.length === 0) return undefined;
  const others = nodeIds.filter((nodeId) => nodeId !== localNodeId);
  return await Promise.all(others.map((nodeId) => examineNode(bus, host, { nodeId, generation })));
}

async function examineNode(bus: Bus, { clock }: Host, at: NodeAt): Promise<ExaminedNode> {
  const node = at.nodeId & 0x3f;
  try {
    const reader = { bus, clock, signal: new AbortController().signal };
    const rom = decodeConfigRom(await readRom(reader, at, await readBusInfo(reader, at)));
    const withoutPlug = takesCommands(rom, "havi") ? "av" : "not-av";
    const state = takesAvc(rom) ? await plugState(bus, at) : withoutPlug;
    return { node, guid: rom.guid, name: nameOf(rom), state };
  } catch (thrown) {
    if (!(thrown instanceof HomeError)) throw thrown;
    const tries = Number(thrown.details["tries"] ?? 1);
    return { node, guid: undefined, name: "?", state: "unreadable", reason: thrown.message, tries };
  }
}

/** A device without output plugs sends nothing, and lacks nothing. */
async function plugState(bus: Bus, at: NodeAt): Promise<"av" | "plug-offline"> {
  const { rcode, data } = await bus.read(at, outputPlugAddress(0), 4);
  if (rcode !== "complete" || data.length !== 4) return "av";
  const quadlet = new DataView(data.buffer, data.byteOffset, 4).getUint32(0);
  return decodeOutputPlug(quadlet).isOnline ? "av" : "plug-offline";
}

function nameOf({ vendorName, modelName, guid }: ConfigRom): string {
  const names = [vendorName, modelName].flatMap((name) => name?.trim() || []);
  return names.length > 0 ? names.join(" ") : (guid ?? "?");
}
