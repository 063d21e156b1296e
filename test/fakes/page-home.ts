/** A home of four devices as the page gets it: the descriptors of the package, narrowed to what is told, with values. */

import waterHeater from "../../device-descriptors/echonet/026b.json" with { type: "json" };
import thermometer from "../../device-descriptors/echonet/0011.json" with { type: "json" };
import airConditioner from "../../device-descriptors/echonet/0130.json" with { type: "json" };
import light from "../../device-descriptors/echonet/0290.json" with { type: "json" };
import type { Descriptor } from "../../gateway-core/contract/descriptor.ts";
import type { Device } from "../../gateway-core/contract/device.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";

/** When everything was last reported. */
export const reportedAt = 1_800_000_000_000;

/** A device that has the properties of `values` and no others. */
export function narrowed(model: object, id: string, values: JsonObject, over: Partial<Device> = {}): Device {
  // What a test made up by itself says no more than it needs.
  const whole = { version: { model: "1.0.0" }, "gk:match": [], ...structuredClone(model) } as unknown as Descriptor;
  const has = ([name]: [string, unknown]): boolean => Object.hasOwn(values, name);
  const descriptor = { ...whole, properties: Object.fromEntries(Object.entries(whole.properties).filter(has)) };
  return {
    id,
    protocol: "echonet",
    type: descriptor["gk:type"],
    kind: descriptor["gk:kind"],
    title: descriptor.title,
    titles: descriptor.titles,
    room: null,
    available: true,
    availabilityAt: reportedAt,
    descriptor,
    values: Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, { value, at: value === null ? 0 : reportedAt }]),
    ),
    ...over,
  };
}

export const lamp = (over: Partial<Device> = {}): Device =>
  narrowed(light, "lamp", { power: true, brightness: 70, lightColor: "white", brightnessLevelStep: "12" }, over);

export const cooler = (over: Partial<Device> = {}): Device =>
  narrowed(
    airConditioner,
    "cooler",
    {
      power: true,
      mode: "cool",
      targetTemperature: 26,
      roomTemperature: 27,
      fanMode: "auto",
      timeOfOnTimer: "06:30",
      ventilationAirFlowLevel: "auto",
      installationLocation: "living",
    },
    { room: "living", ...over },
  );

export const tank = (over: Partial<Device> = {}): Device =>
  narrowed(
    waterHeater,
    "tank",
    {
      remainingWater: 320,
      tankCapacity: 460,
      automaticWaterHeating: "auto",
      waterHeatingStatus: true,
      automaticBathOperation: false,
      alarmStatus: { noHotWater: true, leakingWater: false },
      heatingStopDays: "infinite",
    },
    over,
  );

export const sensor = (over: Partial<Device> = {}): Device =>
  narrowed(thermometer, "sensor", { temperature: 21.5 }, over);

export const wholeHome = (): Device[] => [cooler(), lamp(), tank(), sensor()];
