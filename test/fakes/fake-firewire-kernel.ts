/**
 * Behaves as the Linux kernel's firewire-core does towards programs (drivers/firewire/core-cdev.c), with a simulated bus
 * behind it. Offsets and numbers stand here as the kernel's header has them, so that those of the gateway are proven.
 */

import type { BusState } from "../../gateway-core/ieee1394/bus.ts";
import type { LinuxCalls, Pointer, Readiness } from "../../gateway-core/ieee1394/linux/linux-calls.ts";
import type { BusClient, SimulatedBus } from "../../simulated-home/ieee1394/simulated-bus.ts";
import type { FakeClock } from "./fake-host.ts";
import { createFakeResources, type FakeResources } from "./fake-iso-resources.ts";
import { createFakeRing, type FakeRing } from "./fake-iso-ring.ts";

interface Device {
  readonly name: string;
  readonly guid: string;
  nodeId: number;
  generation: number;
  /** The node has gone for so long that the file is a dead one. */
  isShutDown: boolean;
}

interface Client {
  readonly device: Device;
  readonly events: Uint8Array[];
  hasInfo: boolean;
  fcp: { start: number; end: number } | undefined;
  ring: FakeRing | undefined;
  resources: FakeResources | undefined;
  /** What it has added to the own node's ROM goes when this does. */
  announcer: BusClient | undefined;
}

export interface FakeKernel {
  readonly calls: LinuxCalls;
  /** What a poll would tell. */
  ready(): readonly Readiness[];
  /** Names of files that may not be opened. */
  readonly denied: Set<string>;
  /** Files that are open. */
  open(): number;
  /** Told when a file has come or gone. */
  onDevices(listener: () => void): void;
  /** Handles of requests that were told and not let go yet. */
  unanswered(): number;
}

const local = "0050c2fffe139400";
const fileMs = 200;
const shutdownMs = 2_000;
const rcodes = ["complete", "", "", "", "conflict-error", "data-error", "type-error", "address-error"];
const more: Record<string, number> = { "send-error": 16, cancelled: 17, busy: 18, generation: 19, "no-ack": 20 };
const numberOfRcode = (rcode: string): number => more[rcode] ?? rcodes.indexOf(rcode);

export function createFakeKernel(bus: SimulatedBus, clock: FakeClock, card = 0): FakeKernel {
  const client: BusClient = bus.connect();
  const devices = new Map<string, Device>();
  const clients = new Map<number, Client>();
  const denied = new Set<string>();
  const handles = new Set<number>();
  let listener = (): void => undefined;
  let nextFd = 100;
  let nextName = 0;
  let nextHandle = 1;

  function place({ nodeId, generation }: Device, closure: bigint): Uint8Array {
    const { localNodeId, irmNodeId = 0xffff, nodeIds } = client.state;
    const event = new DataView(new ArrayBuffer(36));
    event.setBigUint64(0, closure, true);
    event.setUint32(8, 0, true);
    const ids = [nodeId, localNodeId, 0xffff, irmNodeId, nodeIds.at(-1) ?? 0, generation];
    for (const [index, id] of ids.entries()) event.setUint32(12 + 4 * index, id, true);
    return new Uint8Array(event.buffer);
  }

  async function meet(nodeId: number, generation: number): Promise<void> {
    const { data } = await client.read({ nodeId, generation }, 0xffff_f000_040c, 8);
    const guid = Buffer.from(data).toString("hex");
    if (guid.length !== 16 || devices.has(guid) || generation !== client.state.generation) return;
    devices.set(guid, { name: `fw${nextName++}`, guid, nodeId, generation, isShutDown: false });
    listener();
  }

  function reset({ generation, nodeIds, localNodeId }: BusState): void {
    const known = new Set<number>();
    for (const device of devices.values()) {
      const nodeId = device.guid === local ? localNodeId : bus.nodeIdOf(device.guid);
      if (nodeId === undefined) {
        clock.after(shutdownMs, () => {
          if (bus.nodeIdOf(device.guid) !== undefined) return;
          device.isShutDown = true;
          devices.delete(device.guid);
          listener();
        });
        continue;
      }
      known.add(nodeId);
      Object.assign(device, { nodeId, generation });
      for (const one of clients.values()) {
        if (one.device !== device) continue;
        if (one.hasInfo) one.events.push(place(device, 0n));
        one.resources?.reset();
      }
    }
    for (const nodeId of nodeIds) {
      if (!known.has(nodeId)) clock.after(nodeId === localNodeId ? 0 : fileMs, () => void meet(nodeId, generation));
    }
  }
  client.onReset(reset);
  reset(client.state);

  client.onFcp(({ nodeId, generation, isResponse, octets }) => {
    const address = 0xffff_f000_0b00 + (isResponse ? 0x200 : 0);
    for (const { fcp, events } of clients.values()) {
      if (fcp === undefined || address < fcp.start || address + octets.length > fcp.end) continue;
      const event = new DataView(new ArrayBuffer(48 + octets.length));
      event.setUint32(8, 6, true);
      event.setBigUint64(16, BigInt(address), true);
      const rest = [nodeId, client.state.localNodeId, card, generation, nextHandle, octets.length];
      for (const [index, value] of rest.entries()) event.setUint32(24 + 4 * index, value, true);
      handles.add(nextHandle++);
      const whole = new Uint8Array(event.buffer);
      whole.set(octets, 48);
      events.push(whole);
    }
  });

  /** What the kernel itself answers at this machine's node. */
  function topologyMap(): Uint8Array {
    const { nodeIds, gapCount } = client.state;
    const map = new DataView(new ArrayBuffer(0x400));
    map.setUint16(8, nodeIds.length);
    map.setUint16(10, nodeIds.length);
    for (const nodeId of nodeIds) {
      const physicalId = nodeId & 0x3f;
      map.setUint32(12 + 4 * physicalId, 0x8040_0000 + physicalId * 2 ** 24 + gapCount * 2 ** 16);
    }
    return new Uint8Array(map.buffer);
  }

  async function request(one: Client, argument: DataView, sent: Uint8Array): Promise<void> {
    const [tcode, length] = [argument.getUint32(0, true), argument.getUint32(4, true)];
    const address = Number(argument.getBigUint64(8, true));
    const at = { nodeId: one.device.nodeId, generation: argument.getUint32(32, true) };
    const kinds = { 17: "mask-swap", 18: "compare-swap", 19: "fetch-add" } as const;
    let answer: { rcode: string; data: Uint8Array };
    if (tcode === 4 || tcode === 5) {
      const isMap = one.device.guid === local && address === 0xffff_f000_1000;
      answer = isMap
        ? { rcode: "complete", data: topologyMap().subarray(0, length) }
        : await client.read(at, address, length);
    } else if (tcode === 0 || tcode === 1) {
      answer = { rcode: await client.write(at, address, sent), data: new Uint8Array(0) };
    } else {
      answer = await client.lock(at, address, kinds[tcode === 17 || tcode === 18 ? tcode : 19], sent);
    }
    const event = new DataView(new ArrayBuffer(20));
    event.setBigUint64(0, argument.getBigUint64(16, true), true);
    event.setUint32(8, 1, true);
    event.setUint32(12, numberOfRcode(answer.rcode), true);
    event.setUint32(16, answer.data.length, true);
    one.events.push(Buffer.concat([new Uint8Array(event.buffer), answer.data]));
  }

  function ioctl(fd: number, number: number, argument: Uint8Array, pointers: readonly Pointer[] = []): number {
    const one = clients.get(fd);
    if (one === undefined) return -9;
    if (one.device.isShutDown) return -19;
    const view = new DataView(argument.buffer, argument.byteOffset, argument.byteLength);
    const pointed = (at: number): Uint8Array => {
      const to = pointers.find((pointer) => pointer.at === at)?.to;
      return to instanceof Uint8Array ? to : new Uint8Array(0);
    };
    switch (number) {
      case 0xc028_2300:
        pointed(16).set(place(one.device, 0n));
        view.setUint32(32, card, true);
        one.hasInfo = true;
        return 0;
      case 0x4028_2301:
        if (view.getUint32(4, true) > 2048) return -5;
        void request(one, new DataView(argument.slice().buffer), pointed(24).slice());
        return 0;
      case 0xc020_2302: {
        const [start, end] = [Number(view.getBigUint64(0, true)), Number(view.getBigUint64(24, true))];
        if (start + view.getUint32(16, true) !== end || start < 0xffff_f000_0b00 || end > 0xffff_f000_0f00) return -22;
        one.fcp = { start, end };
        return 0;
      }
      case 0x4018_2304:
        return handles.delete(view.getUint32(16, true)) ? 0 : -22;
      case 0x4004_2305:
        client.resetBus();
        return 0;
      case 0xc018_2306: {
        if (one.device.guid !== local) return -38;
        const key = view.getUint32(4, true);
        const words = pointed(8);
        const blocks = Buffer.from(words.subarray(0, 4 * view.getUint32(16, true))).swap32();
        if (view.getUint32(0, true) !== 0 || (key & 0xff_ffff) !== 0) return -22;
        one.announcer ??= bus.connect();
        return one.announcer.announce({ key: key >>> 24, octets: blocks }) ? 0 : -22;
      }
      case 0xc020_2308:
        if (view.getUint32(0, true) !== 1 || view.getUint32(4, true) !== 8 || one.ring !== undefined) return -22;
        one.ring = createFakeRing(client, view.getUint32(8, true), one.events);
        return 0;
      case 0xc018_2309:
        return one.ring?.queue(Number(view.getBigUint64(8, true)), pointed(0)) ?? -22;
      case 0x4010_230a:
        return one.ring?.start() ?? -22;
      case 0x4004_2318:
        return one.ring?.flush() ?? -22;
      default:
        one.resources ??= createFakeResources(client, clock, one.events);
        return one.resources.call(number, view);
    }
  }

  return {
    denied,
    open: () => clients.size,
    unanswered: () => handles.size,
    onDevices(next) {
      listener = next;
    },
    ready: () =>
      [...clients].flatMap(([fd, { events, device }]) => {
        const [isReadable, isGone] = [events.length > 0, device.isShutDown];
        return isReadable || isGone ? [{ fd, isReadable, isGone }] : [];
      }),
    calls: {
      list: () => [...devices.values()].map(({ name }) => name),
      open(name) {
        const device = [...devices.values()].find((one) => one.name === name);
        if (device === undefined) return { refusal: "absent" };
        if (denied.has(name)) return { refusal: "denied" };
        const fd = nextFd++;
        const none = { fcp: undefined, ring: undefined, resources: undefined, announcer: undefined };
        clients.set(fd, { device, events: [], hasInfo: false, ...none });
        return { fd };
      },
      close(fd) {
        clients.get(fd)?.ring?.end();
        clients.get(fd)?.resources?.end();
        void clients.get(fd)?.announcer?.[Symbol.asyncDispose]();
        clients.delete(fd);
      },
      ioctl,
      read(fd, into) {
        const event = clients.get(fd)?.events.shift();
        if (event === undefined) throw new Error("this read would block for ever");
        into.set(event);
        return event.length;
      },
      map: (fd, octets) => clients.get(fd)?.ring?.map(octets),
      now: () => clock.now(),
    },
  };
}
