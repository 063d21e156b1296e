/** What is looked at: control pages of homes in every state, each at an address of its own. */

import { join } from "node:path";
import type { Device } from "../../gateway-core/contract/device.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import { genericDescriptor } from "../../gateway-core/devices/generic-descriptor.ts";
import { openPageServer, type PageServer } from "../../gateway-core/page/page-server.ts";
import { packageRoot } from "../../host/package-root.ts";
import { systemClock } from "../../host/system-host.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { furnishedHome, modelNamed } from "../fakes/furnished-home.ts";
import { narrowed } from "../fakes/page-home.ts";
import { openPage } from "../page/open-page.ts";
import { pastOf } from "./past.ts";

export type Scene = "empty" | "four" | "fifty" | "silent" | "trouble" | "kinds" | "guarded";

const few = ["ac-living", "light-living", "ecocute", "temperature-living"];
const guarded = ["lock", "deck"];
const silent = ["ecocute", "light-living"];
const minuteMs = 60_000;

function unknownDevice(): Device {
  const descriptor = genericDescriptor({ protocol: "echonet", eojClass: "0x0F01", manufacturer: "0x0000FE" });
  return narrowed(descriptor, "unknown", {}, { lookUp: "asking" });
}

const unknownPlayer = genericDescriptor({
  ...{ protocol: "ieee1394", commands: "avc", subunit: "ca", unit: "panel" },
  ...{ vendor: "0x08003e", model: "0x00d00d" },
});
const unknownDevices = (): readonly Device[] => [narrowed(unknownPlayer, "unknown-av", {}, { lookUp: "unknown" })];

const player = (name: string, id: string, values: JsonObject): Device =>
  narrowed(modelNamed(name), id, values, { protocol: "ieee1394" });

const players = (): readonly Device[] => [
  player("havi/avdisc", "disc", { power: true, transport: "playing" }),
  player("avc/camera", "camera", { power: true }),
  player("echonet/05fd", "switch", { power: true }),
];

/** In one room, so that they stand as the kinds are listed. */
function oneOfEach(devices: readonly Device[]): readonly Device[] {
  const byKind = new Map<string, Device>();
  for (const device of devices) if (!byKind.has(device.kind)) byKind.set(device.kind, device);
  return [...byKind.values()].map(({ appearance: _, ...device }) => ({ ...device, room: null }));
}

export function devicesOf(scene: Scene): readonly Device[] {
  const all = furnishedHome();
  if (scene === "empty") return [];
  if (scene === "fifty") return all;
  if (scene === "kinds") return [...oneOfEach([...all, ...players()]), ...unknownDevices()];
  if (scene === "guarded") return [...all.filter(({ id }) => guarded.includes(id)), ...players()];
  const since = Date.now() - 5 * minuteMs;
  const withSilent = (devices: readonly Device[]): readonly Device[] =>
    devices.map((one) => (silent.includes(one.id) ? { ...one, available: false, availabilityAt: since } : one));
  if (scene === "trouble") return [...withSilent(all), unknownDevice()];
  const four = all.filter(({ id }) => few.includes(id));
  if (scene === "four") return four;
  return [...withSilent(four), unknownDevice()];
}

/** A page of that home on loopback, as the built package serves it. */
export async function openStage(scene: Scene): Promise<PageServer> {
  const assets = join(packageRoot(), "dist", "ui");
  const devices = devicesOf(scene);
  const { handler, control } = openPage(devices, assets, undefined, undefined, pastOf(devices));
  control.answer = undefined;
  const host = { ...fakeHost(), clock: systemClock };
  return openPageServer({ handler, listen: "127.0.0.1", port: 0, hostNames: [], networks: [], host });
}
