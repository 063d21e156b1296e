/** AV/C devices as a home has them, by the names of their models, in a home and at a time of their own. */

import { createModel, type DevicePlan, type ModelName } from "../../simulated-home/ieee1394/models.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { catalogue, haviHome } from "./havi-rig.ts";

export { catalogue };
/** The id of a `dv-deck`. */
export const deck = "ieee1394-0800460102c46a01-tape0";

type Model = ModelName | Omit<DevicePlan, "clock">;

export async function avHome(models: readonly Model[], settings = {}) {
  const host = fakeHost();
  const nodeOf = (model: Model) =>
    createModel({ clock: host.clock, ...(typeof model === "string" ? { model } : model) });
  const home = await haviHome(host, models.map(nodeOf), settings);
  return { ...home, plug: (model: Model) => home.bus.plug(nodeOf(model)) };
}
