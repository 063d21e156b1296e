/**
 * One FireWire card of this machine by the kernel's character devices: what the thread behind a LinuxBus does whenever a
 * file is readable, a message has come or a time is over. It never waits itself.
 */

import { type Answer, type BusState, noBus, type Rcode } from "../bus.ts";
import { initialRegisterSpace } from "../csr.ts";
import { createAnnouncements } from "./announcements.ts";
import type { FromCard, ToCard } from "./card-messages.ts";
import type { CdevEvent, Place } from "./cdev-event.ts";
import { ioctlNumber, packStruct } from "./cdev-struct.ts";
import { createChannels } from "./channels.ts";
import { createDeviceFiles, createEventReader, type DeviceFile, isAfter } from "./device-files.ts";
import { createIsoResources } from "./iso-resources.ts";
import type { LinuxCalls, Readiness } from "./linux-calls.ts";
import { decodeTopologyMap } from "./topology-map.ts";
import { createTransactions } from "./transactions.ts";

export interface Card {
  /** All files that are to be waited for. */
  fds(): readonly number[];
  /** How long may be waited; undefined: until something happens. */
  patienceMs(): number | undefined;
  take(message: ToCard): void;
  step(ready: readonly Readiness[]): void;
  close(): void;
}

export interface CardOptions {
  readonly calls: LinuxCalls;
  readonly tell: (message: FromCard) => void;
  /** A file of the card that is meant; the first that can be opened unless given. */
  readonly only: string | undefined;
}

/** Command and response registers of FCP, which programs share. */
const fcp = { address: initialRegisterSpace + 0xb00, octets: 0x400, response: initialRegisterSpace + 0xd00 };
const bandwidthAvailable = initialRegisterSpace + 0x220;
const topologyMap = { address: initialRegisterSpace + 0x1000, octets: 0x200 };
const shortReset = 1;
const worstGapCount = 63;

export function createCard({ calls, tell, only }: CardOptions): Card {
  const files = createDeviceFiles(calls, only);
  const transactions = createTransactions(calls, files);
  const channels = createChannels(calls, files, tell);
  const announcements = createAnnouncements(calls, files, tell);
  const nextEvent = createEventReader(calls);
  let state: BusState = noBus;
  /** Whose topology is read now, or is told already. */
  let generation: number | undefined;
  let fcpFd: number | undefined;
  let deniedBefore = "";

  const resources = createIsoResources({
    ...{ calls, tell },
    fd: () => fcpFd,
    generation: () => state.generation,
    readAvailable(give) {
      const at = { nodeId: state.irmNodeId ?? 0, generation: state.generation };
      if (files.at(at.nodeId, at.generation) === undefined) return give(undefined);
      const request = { kind: "read", address: bandwidthAvailable, octetCount: 4, octets: new Uint8Array(0) } as const;
      transactions.ask(at, request, ({ rcode, data }) => give(rcode === "complete" ? quadletOf(data) : undefined));
    },
  });

  /** FCP and reservations hang on one file; when its node goes, on another. */
  function holdAnchor(): void {
    const anchor = files.anchor();
    if (anchor === undefined || fcpFd !== undefined) return;
    const { address: offset, octets: length } = fcp;
    const region = packStruct("allocate", { offset, length, region_end: offset + length });
    if (calls.ioctl(anchor.fd, ioctlNumber("ALLOCATE"), region) >= 0) fcpFd = anchor.fd;
  }

  function setState(next: BusState): void {
    state = next;
    if (next !== noBus) resources.reset();
    tell({ tell: "state", state });
    transactions.look(generation);
  }

  /** Asks all files where they are, and tells a new generation as soon as its nodes are known. */
  function follow(): void {
    const newest = files.refresh();
    if (newest === undefined) return;
    if (generation === undefined || isAfter(newest.generation, generation)) meet(newest);
    else transactions.look(generation);
  }

  function meet(newest: Place): void {
    generation = newest.generation;
    const { localNodeId, irmNodeId, rootNodeId } = newest;
    const local = { nodeId: localNodeId, generation };
    const bus = localNodeId & 0xffc0;
    const told = { generation, localNodeId, irmNodeId };
    const withoutMap = (): void => {
      const nodeIds = Array.from({ length: (rootNodeId & 0x3f) + 1 }, (_, physicalId) => bus + physicalId);
      setState({ ...told, nodeIds, gapCount: worstGapCount });
    };
    const takeMap = ({ rcode, data }: Answer): void => {
      if (generation !== told.generation || rcode === "generation" || rcode === "cancelled") return;
      const map = rcode === "complete" ? decodeTopologyMap(data) : undefined;
      if (map === undefined) withoutMap();
      else setState({ ...told, nodeIds: map.physicalIds.map((id) => bus + id), gapCount: map.gapCount });
    };
    const { address, octets: octetCount } = topologyMap;
    const request = { kind: "read", address, octetCount, octets: new Uint8Array(0) } as const;
    if (files.at(localNodeId, generation) === undefined) withoutMap();
    else transactions.ask(local, request, takeMap);
  }

  function look(): void {
    files.look();
    holdAnchor();
    announcements.look();
    const { denied } = files;
    if (denied.join() !== deniedBefore) tell({ tell: "denied", names: denied });
    deniedBefore = denied.join();
    follow();
    channels.look();
  }

  function lose(file: DeviceFile): void {
    files.remove(file);
    if (file.fd === fcpFd) {
      fcpFd = undefined;
      resources.end();
      holdAnchor();
    }
    if (files.all().length > 0) return;
    generation = undefined;
    transactions.end();
    if (state !== noBus) setState(noBus);
  }

  function takeEvent(file: DeviceFile, event: CdevEvent): void {
    if (event.kind === "bus-reset") {
      file.place = event;
      follow();
    } else if (event.kind === "response") transactions.take(event);
    else if (event.kind === "request") takeFcp(file, event);
    else if (event.kind !== "isochronous") resources.take(event);
  }

  function takeFcp({ fd }: DeviceFile, event: CdevEvent & { kind: "request" }): void {
    const { handle, card, sourceNodeId: nodeId, address, data: octets } = event;
    // The kernel has answered it already; its handle is let go.
    calls.ioctl(fd, ioctlNumber("SEND_RESPONSE"), packStruct("send_response", { handle }));
    if (card !== files.card) return;
    const isResponse = address >= fcp.response;
    tell({ tell: "fcp", frame: { nodeId, generation: event.generation, isResponse, octets } });
  }

  function takeReadiness({ fd, isReadable, isGone }: Readiness): void {
    const file = files.all().find((one) => one.fd === fd);
    if (file === undefined) {
      channels.take(fd, isReadable, isGone, nextEvent);
      return;
    }
    const event = isReadable ? nextEvent(fd) : undefined;
    if (event !== undefined) takeEvent(file, event);
    if (isGone && !isReadable) lose(file);
  }

  function transact(message: ToCard & { do: "transact" }): void {
    const { id, at } = message;
    const give = (answer: Answer): void => tell({ tell: "answer", id, answer });
    if (state === noBus) give(ended("cancelled"));
    else if (at.generation !== generation) give(ended("generation"));
    else if (!state.nodeIds.includes(at.nodeId)) give(ended("no-ack"));
    else transactions.ask(at, message, give);
  }

  function resetBus(): void {
    const fd = files.anchor()?.fd;
    const reset = packStruct("initiate_bus_reset", { type: shortReset });
    if (fd !== undefined) calls.ioctl(fd, ioctlNumber("INITIATE_BUS_RESET"), reset);
  }

  look();
  return {
    fds: () => [...files.all().map(({ fd }) => fd), ...channels.fds()],
    patienceMs() {
      const deadlines = [transactions.deadline(), resources.deadline(), channels.deadline()];
      const [first] = deadlines.filter((one) => one !== undefined).sort((one, other) => one - other);
      return first === undefined ? undefined : Math.max(0, first - calls.now());
    },
    take(message) {
      if (message.do === "transact") transact(message);
      else if (message.do === "reserve") resources.reserve(message.id, message.units, message.wish);
      else if (message.do === "free") resources.free(message.id, message.channel, message.units);
      else if (message.do === "listen") channels.listen(message.channel);
      else if (message.do === "unlisten") channels.unlisten(message.channel);
      else if (message.do === "announce") announcements.add(message.descriptor);
      else if (message.do === "look") look();
      else if (message.do === "reset") resetBus();
    },
    step(ready) {
      for (const one of ready) takeReadiness(one);
      transactions.look(generation);
      resources.look();
      channels.flush();
    },
    close() {
      channels.close();
      files.close();
    },
  };
}

const ended = (rcode: Rcode): Answer => ({ rcode, data: new Uint8Array(0) });
const quadletOf = (data: Uint8Array): number => new DataView(data.buffer, data.byteOffset, 4).getUint32(0);
