/** A home of AV devices on a simulated bus, HAVi ones among them, through the room where all devices live. */

import { join } from "node:path";
import { loadCatalogue } from "../../device-descriptors/catalogue.ts";
import type { Json } from "../../gateway-core/contract/json.ts";
import type { CommandRequest } from "../../gateway-core/contract/messages.ts";
import { createDevices } from "../../gateway-core/devices/devices.ts";
import { createIeee1394Adapter } from "../../gateway-core/ieee1394/ieee1394-adapter.ts";
import { packageRoot } from "../../host/package-root.ts";
import type { BusNode } from "../../simulated-home/ieee1394/bus-words.ts";
import { createSimulatedBus } from "../../simulated-home/ieee1394/simulated-bus.ts";
import type { FakeHost } from "../fakes/fake-host.ts";

export const catalogue = loadCatalogue([join(packageRoot(), "device-descriptors")]);

export async function haviHome(host: FakeHost, nodes: readonly BusNode[], settings = {}) {
  const { clock } = host;
  const bus = createSimulatedBus({ clock });
  for (const node of nodes) bus.plug(node);
  const leave = new AbortController();
  const session = await createIeee1394Adapter(() => bus.connect()).open(settings, host, leave.signal);
  const devices = createDevices({ host, sessions: new Map([["ieee1394", session]]), find: catalogue.find });
  void (async () => {
    for await (const sighting of session.discover({ signal: leave.signal, active: true })) {
      devices.receive({ type: "sighting", sighting });
    }
  })();
  await clock.advance(3_000);
  const deviceOf = (id: string) => devices.list().find((device) => device.id === id);
  const values = (id: string): Record<string, Json> =>
    Object.fromEntries(Object.entries(deviceOf(id)?.values ?? {}).map(([name, { value }]) => [name, value]));
  let ids = 0;
  const command = async (device: string, request: CommandRequest): Promise<string | Json> => {
    const executing = devices.control.execute({ id: String(ids++), device, request });
    await clock.advance(5_000);
    const result = await executing;
    return result.ok ? result.value : result.error.code;
  };
  const set = (device: string, name: string, value: Json) => command(device, { kind: "property", name, value });
  const invoke = (device: string, name: string, value: Json = null) => command(device, { kind: "action", name, value });
  return { host, clock, bus, session, devices, deviceOf, values, set, invoke };
}
