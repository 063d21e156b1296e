/** A temperature sensor (Appendix, class 0011): tells the temperature of its room in tenths of a degree, and only when asked. */

import type { Room } from "../room.ts";
import { createSimulatedObject } from "../simulated-object.ts";
import { big } from "../wire/octets.ts";
import { type SimulatedDevice, superClass } from "./simulated-device.ts";

const measured = 0xe0;

export function thermometer(instance: number, room: Room): SimulatedDevice {
  const tenths = (): number => Math.round(room.temperature * 10);
  const object = createSimulatedObject(0x001100 | instance, {
    ...superClass({ place: "08", release: "J" }),
    e0: { edt: "0000" },
  });
  const measure = (): boolean => object.put(measured, big(tenths(), 2));
  measure();
  room.onStep(measure);

  return {
    object,
    titles: { en: "Thermometer", ja: "温度計" },
    buttons: [],
    facts: () => ({ temperature: tenths() / 10 }),
    display: () => {
      const degrees = (tenths() / 10).toFixed(1);
      return { en: `${degrees} °C`, ja: `${degrees}℃` };
    },
  };
}
