/** A whole house of fifty devices of every kind, in the rooms of a real one: for pictures of the page and for its bench. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDescriptor } from "../../device-descriptors/catalogue.ts";
import type { Descriptor } from "../../gateway-core/contract/descriptor.ts";
import type { Device } from "../../gateway-core/contract/device.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import { dress } from "../../gateway-core/devices/appearances.ts";
import { packageRoot } from "../../host/package-root.ts";
import furniture from "./furnished-home.json" with { type: "json" };
import { narrowed } from "./page-home.ts";

const models = new Map<string, Descriptor>();

export function modelNamed(name: string): Descriptor {
  const file = join(packageRoot(), "device-descriptors", `${name}.json`);
  const model = models.get(name) ?? parseDescriptor(JSON.parse(readFileSync(file, "utf8")));
  models.set(name, model);
  return model;
}

/** `count` devices, the house as often as that takes. A device of a place tells it as its own. */
export function furnishedHome(count: number = furniture.length): readonly Device[] {
  return Array.from({ length: count }, (_, at) => {
    const { id, model, room = null, values, appearance } = furniture[at % furniture.length] as Piece;
    const round = Math.floor(at / furniture.length);
    const descriptor = modelNamed(model);
    const own = Object.hasOwn(descriptor.properties, "installationLocation") && isListed(descriptor, room);
    const told = own ? { ...values, installationLocation: room } : values;
    const protocol = model.startsWith("avc/") ? "ieee1394" : "echonet";
    return dress(narrowed(descriptor, round === 0 ? id : `${id}-${round}`, told, { protocol, room }), appearance ?? {});
  });
}

interface Piece extends Pick<Partial<Device>, "appearance" | "room"> {
  readonly id: string;
  /** A file below device-descriptors/. */
  readonly model: string;
  readonly values: JsonObject;
}

/** Whether the device's own list of places has it: people name rooms as they like. */
const isListed = (descriptor: Descriptor, room: string | null): boolean =>
  JSON.stringify(descriptor.properties["installationLocation"] ?? "").includes(`"const":"${room}"`);
