/** The device files of one FireWire card, one for each node that the kernel has read: which node each is now, and which may not be opened. */

import cdev from "./cdev.json" with { type: "json" };
import { type CdevEvent, decodeCdevEvent, decodePlace, type Place } from "./cdev-event.ts";
import { fieldsOf, ioctlNumber, packStruct, placeOf } from "./cdev-struct.ts";
import type { LinuxCalls } from "./linux-calls.ts";

export interface DeviceFile {
  readonly name: string;
  readonly fd: number;
  /** Of the generation that stands in it: a node that has gone keeps its old one. */
  place: Place;
}

export interface DeviceFiles {
  /** Card that all of them belong to; undefined while there is none. */
  readonly card: number | undefined;
  readonly denied: readonly string[];
  all(): readonly DeviceFile[];
  /** That of this machine's own node, else any: all serve the whole card. */
  anchor(): DeviceFile | undefined;
  /** The file of a node that is on the bus now. */
  at(nodeId: number, generation: number): DeviceFile | undefined;
  /** Opens what has come. */
  look(): void;
  /** Asks all where they are now; the newest generation that any of them tells. */
  refresh(): Place | undefined;
  remove(file: DeviceFile): void;
  close(): void;
}

const infoOctets = cdev.structs.event_bus_reset.octets;
/** The longest event: a block of 4096 octets, or the headers of a page of packets. */
const eventOctets = 65_536;

/** @param only the file whose card is meant; any card unless given */
export function createDeviceFiles(calls: LinuxCalls, only: string | undefined): DeviceFiles {
  const files = new Map<string, DeviceFile>();
  /** Those of other cards; looked at again when they have gone. */
  const foreign = new Set<string>();
  const denied = new Set<string>();
  let card: number | undefined;

  function open(name: string): void {
    const opened = calls.open(name);
    if ("refusal" in opened) {
      if (opened.refusal === "denied") denied.add(name);
      return;
    }
    denied.delete(name);
    const info = askInfo(calls, opened.fd);
    if (info === undefined || (card !== undefined && info.card !== card)) {
      if (info !== undefined) foreign.add(name);
      calls.close(opened.fd);
      return;
    }
    card = info.card;
    files.set(name, { name, fd: opened.fd, place: info.place });
  }

  return {
    get card() {
      return card;
    },
    get denied() {
      return [...denied];
    },
    all: () => [...files.values()],
    anchor() {
      const all = [...files.values()];
      return all.find(({ place }) => place.nodeId === place.localNodeId) ?? all[0];
    },
    at: (nodeId, generation) =>
      [...files.values()].find(({ place }) => place.nodeId === nodeId && place.generation === generation),
    look() {
      const names = calls.list();
      for (const gone of [...foreign, ...denied].filter((name) => !names.includes(name))) {
        foreign.delete(gone);
        denied.delete(gone);
      }
      const isFirst = card === undefined && only !== undefined;
      const order = isFirst ? names.filter((name) => name === only) : names;
      for (const name of order) if (!files.has(name) && !foreign.has(name)) open(name);
      // The card is known now; its other files are opened too.
      if (isFirst && card !== undefined) this.look();
    },
    refresh() {
      let newest: Place | undefined;
      for (const file of files.values()) {
        const info = askInfo(calls, file.fd);
        if (info === undefined) continue;
        file.place = info.place;
        if (newest === undefined || isAfter(info.place.generation, newest.generation)) newest = info.place;
      }
      return newest;
    },
    remove(file) {
      files.delete(file.name);
      calls.close(file.fd);
      if (files.size > 0) return;
      card = undefined;
      foreign.clear();
    },
    close() {
      for (const { fd } of files.values()) calls.close(fd);
      files.clear();
    },
  };
}

/** Generations count to 255 and round: half of the way is before, half after. */
export function isAfter(generation: number, other: number): boolean {
  const distance = (generation - other) & 0xff;
  return distance > 0 && distance < 0x80;
}

/** GET_INFO, which also starts the events of the file. */
export function askInfo(calls: LinuxCalls, fd: number): { readonly card: number; readonly place: Place } | undefined {
  const argument = packStruct("get_info", { version: cdev.version });
  const place = new Uint8Array(infoOctets);
  const pointers = [{ at: placeOf("get_info", "bus_reset"), to: place }];
  if (calls.ioctl(fd, ioctlNumber("GET_INFO"), argument, pointers) < 0) return undefined;
  return { card: fieldsOf("get_info", argument)("card"), place: decodePlace(place) };
}

/** The next event of a file that is readable; undefined for none that matters. */
export function createEventReader(calls: LinuxCalls): (fd: number) => CdevEvent | undefined {
  const octets = new Uint8Array(eventOctets);
  return (fd) => {
    const count = calls.read(fd, octets);
    return count > 0 ? decodeCdevEvent(octets.subarray(0, count)) : undefined;
  };
}
