/** Who may come to the home directly: its people, each with a grant, and the devices that hold a key. Kept in the gateway's state; the keys only as hashes. */

import { createHash, randomBytes } from "node:crypto";
import type { Host } from "../contract/clock.ts";
import { HomeError } from "../contract/errors.ts";
import { type Grant, parseGrant } from "../contract/grant.ts";
import { isJsonObject, type Json } from "../contract/json.ts";
import type { CertificatePair } from "./own-certificate.ts";
import type { SecondFactor } from "./second-factor.ts";

export interface Person {
  readonly name: string;
  readonly passwordHash: string;
  readonly grant: Grant;
  /** May name people, take devices away and decide who comes in. */
  readonly isOwner: boolean;
  /** Beside the password, where they want one. */
  readonly second?: SecondFactor;
}

export interface OwnDevice {
  readonly id: string;
  /** The person whose device it is. */
  readonly name: string;
  readonly label: string;
  readonly keyHash: string;
  readonly addedAt: number;
  readonly seenAt: number;
}

interface Kept {
  readonly people: readonly Person[];
  readonly devices: readonly OwnDevice[];
  /** A password is good only on a device that is listed. */
  readonly isClosed: boolean;
  readonly pair?: CertificatePair;
}

export interface OwnBook {
  /** Nobody: own management is off. */
  readonly people: readonly Person[];
  readonly devices: readonly OwnDevice[];
  readonly isClosed: boolean;
  readonly pair: CertificatePair | undefined;
  find(name: string): Person | undefined;
  /** @throws HomeError `value-invalid` */
  putPerson(person: Person): void;
  removePerson(name: string): void;
  /** Lists a device and tells its key, once. @throws HomeError `value-invalid` */
  addDevice(name: string, label: string): string;
  /** The device whose key this is, while it is good. */
  findDevice(key: string): OwnDevice | undefined;
  seen(device: OwnDevice): void;
  removeDevice(id: string): void;
  setClosed(isClosed: boolean): void;
  setPair(pair: CertificatePair): void;
  /** Off: people and devices are forgotten, the certificate stays. */
  clear(): void;
}

const memoryName = "own-access";
const mostPeople = 32;
const mostDevices = 128;
/** A key that was not used for so long is good for nothing any more. */
const deviceMs = 180 * 24 * 60 * 60_000;
/** How exactly it is known when a device was last here: each note is written to the disk. */
const seenMs = 60 * 60_000;
const nobody: Kept = { people: [], devices: [], isClosed: false };

/** @throws HomeError `store-unavailable` when what is kept cannot be read. */
export function openOwnBook({ clock, memory }: Pick<Host, "clock" | "memory">): OwnBook {
  const found = memory.read(memoryName);
  let kept = found === undefined ? nobody : parseKept(found);
  const keep = (change: Partial<Kept>): void => {
    kept = { ...kept, ...change };
    memory.write(memoryName, { v: 1, ...kept } as unknown as Json);
  };
  const without = (id: string): readonly OwnDevice[] => kept.devices.filter((one) => one.id !== id);

  return {
    get people() {
      return kept.people;
    },
    get devices() {
      return kept.devices;
    },
    get isClosed() {
      return kept.isClosed;
    },
    get pair() {
      return kept.pair;
    },
    find: (name) => kept.people.find((one) => one.name === name),
    putPerson(person) {
      if (!/^[^\p{C}]{1,64}$/u.test(person.name)) throw new HomeError("value-invalid", "a name has 1 to 64 characters");
      const others = kept.people.filter(({ name }) => name !== person.name);
      if (others.length >= mostPeople) throw new HomeError("value-invalid", `there are ${mostPeople} people already`);
      keep({ people: [...others, person] });
    },
    removePerson(removed) {
      const isOther = ({ name }: { readonly name: string }): boolean => name !== removed;
      keep({ people: kept.people.filter(isOther), devices: kept.devices.filter(isOther) });
    },
    addDevice(name, label) {
      if (kept.devices.length >= mostDevices) throw new HomeError("value-invalid", "too many devices are listed");
      const key = randomBytes(32).toString("base64url");
      const now = clock.now();
      const id = randomBytes(9).toString("base64url");
      const tidy = label.replace(/\p{C}/gu, "").trim().slice(0, 64) || "?";
      keep({ devices: [...kept.devices, { id, name, label: tidy, keyHash: hashOf(key), addedAt: now, seenAt: now }] });
      return key;
    },
    findDevice(key) {
      const hash = hashOf(key);
      return kept.devices.find((one) => one.keyHash === hash && clock.now() - one.seenAt < deviceMs);
    },
    seen(device) {
      if (clock.now() - device.seenAt < seenMs) return;
      keep({ devices: [...without(device.id), { ...device, seenAt: clock.now() }] });
    },
    removeDevice: (id) => keep({ devices: without(id) }),
    setClosed: (isClosed) => keep({ isClosed }),
    setPair: (pair) => keep({ pair }),
    clear: () => keep(nobody),
  };
}

/** A key has 256 bits: nobody finds one by trying, so that a plain hash is enough. */
const hashOf = (key: string): string => createHash("sha256").update(key).digest("base64url");

function parseKept(found: Json): Kept {
  const { people, devices, isClosed, pair } = isJsonObject(found) ? found : {};
  if (!Array.isArray(people) || !Array.isArray(devices)) throw unreadable();
  return {
    people: people.map(parsePerson),
    devices: devices.map(parseDevice),
    isClosed: isClosed === true,
    ...(pair === undefined ? {} : { pair: parsePair(pair) }),
  };
}

function parsePerson(found: Json): Person {
  const { name, passwordHash, grant, isOwner, second } = isJsonObject(found) ? found : {};
  return {
    ...{ name: told(name), passwordHash: told(passwordHash), grant: parseGrant(grant), isOwner: isOwner === true },
    ...(second === undefined ? {} : { second: parseFactor(second) }),
  };
}

function parseFactor(found: Json): SecondFactor {
  const { secret, step, recovery } = isJsonObject(found) ? found : {};
  if (typeof step !== "number" || !Array.isArray(recovery)) throw unreadable();
  return { secret: told(secret), step, recovery: recovery.map(told) };
}

function parseDevice(found: Json): OwnDevice {
  const { id, name, label, keyHash, addedAt, seenAt } = isJsonObject(found) ? found : {};
  if (typeof addedAt !== "number" || typeof seenAt !== "number") throw unreadable();
  return { id: told(id), name: told(name), label: told(label), keyHash: told(keyHash), addedAt, seenAt };
}

function parsePair(found: Json): CertificatePair {
  const { key, cert } = isJsonObject(found) ? found : {};
  return { key: told(key), cert: told(cert) };
}

function told(value: Json | undefined): string {
  if (typeof value !== "string") throw unreadable();
  return value;
}

const unreadable = (): HomeError =>
  new HomeError(
    "store-unavailable",
    "what is kept of own management cannot be read; remove own-access.json and set it up anew",
  );
