/** What is looked at: control pages of homes in every state, each at an address of its own. */

import { join } from "node:path";
import type { Device } from "../../gateway-core/contract/device.ts";
import { genericDescriptor } from "../../gateway-core/devices/generic-descriptor.ts";
import { openPageServer, type PageServer } from "../../gateway-core/page/page-server.ts";
import { packageRoot } from "../../host/package-root.ts";
import { systemClock } from "../../host/system-host.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { furnishedHome } from "../fakes/furnished-home.ts";
import { narrowed } from "../fakes/page-home.ts";
import { openPage } from "../page/open-page.ts";

export type Scene = "empty" | "four" | "fifty" | "silent" | "trouble";

const few = ["ac-living", "light-living", "ecocute", "temperature-living"];
const silent = ["ecocute", "light-living"];
const minuteMs = 60_000;

function unknownDevice(): Device {
  const descriptor = genericDescriptor({ protocol: "echonet", eojClass: "0x0F01", manufacturer: "0x0000FE" });
  return narrowed(descriptor, "unknown", {}, { lookUp: "asking" });
}

export function devicesOf(scene: Scene): readonly Device[] {
  const all = furnishedHome();
  if (scene === "empty") return [];
  if (scene === "fifty") return all;
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
  const { handler, control } = openPage(devicesOf(scene), assets);
  control.answer = undefined;
  const host = { ...fakeHost(), clock: systemClock };
  return openPageServer({ handler, listen: "127.0.0.1", port: 0, hostNames: [], networks: [], host });
}
