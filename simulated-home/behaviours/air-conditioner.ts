/** A home air conditioner (Appendix, class 0130): cools, heats or dries its room towards the temperature that is set. */

import type { Texts } from "../../gateway-core/contract/descriptor.ts";
import { between, oneOf } from "../legal-values.ts";
import { type Room, stepMs } from "../room.ts";
import { createSimulatedObject } from "../simulated-object.ts";
import { big } from "../wire/octets.ts";
import { createEnergyMeter, meterRules } from "./energy-meter.ts";
import { clamp, numberAt, type SimulatedDevice, superClass } from "./simulated-device.ts";

const [power, fan, mode, target, inside, outside] = [0x80, 0xa0, 0xb0, 0xb3, 0xbb, 0xbe];
const fanOnly = 0x45;
const undefinedTarget = 0xfd;
interface Mode extends Texts {
  readonly word: string;
}
const modes: ReadonlyMap<number, Mode> = new Map([
  [0x41, { word: "auto", en: "Automatic", ja: "自動" }],
  [0x42, { word: "cooling", en: "Cooling", ja: "冷房" }],
  [0x43, { word: "heating", en: "Heating", ja: "暖房" }],
  [0x44, { word: "dehumidification", en: "Drying", ja: "除湿" }],
  [fanOnly, { word: "circulation", en: "Fan", ja: "送風" }],
]);
const otherMode: Mode = { word: "other", en: "Other", ja: "その他" };
const degrees = between(16, 32);
/** What the machine can do to its room at best, in degrees a minute. */
const strength = 1.2;

export function airConditioner(instance: number, room: Room): SimulatedDevice {
  const object = createSimulatedObject(0x013000 | instance, {
    ...superClass({ place: "08", release: "J", product: "GK-AC1" }),
    ...meterRules,
    "80": { edt: "31", set: oneOf("30", "31"), inf: true },
    "83": { edt: "feffffff67656e6b616e2d616330303031" },
    "89": { edt: "0000" },
    "8f": { edt: "42", set: oneOf("41", "42"), inf: true },
    "93": { edt: "41", set: oneOf("41", "42") },
    a0: { edt: "41", set: oneOf("31", "32", "33", "34", "35", "36", "37", "38", "41"), inf: true },
    a1: { edt: "42", set: oneOf("41", "42", "43", "44") },
    a3: { edt: "31", set: oneOf("31", "41", "42", "43") },
    a4: { edt: "43", set: oneOf("41", "42", "43", "44", "45") },
    b0: { edt: "42", set: oneOf("41", "42", "43", "44", "45"), inf: true },
    // A fan has no temperature to set.
    b3: { edt: "1a", ...degrees, set: (edt) => numberAt(object, mode) !== fanOnly && degrees.set?.(edt) === true },
    bb: { edt: "00" },
    be: { edt: "00" },
  });

  let keptTarget = numberAt(object, target);
  object.onChange((epc) => {
    if (numberAt(object, mode) === fanOnly) object.put(target, big(undefinedTarget, 1));
    else if (epc === mode) object.put(target, big(keptTarget, 1));
    else if (epc === target) keptTarget = numberAt(object, target);
  });

  const isOn = (): boolean => numberAt(object, power) === 0x30;
  const modeNow = (): Mode => modes.get(numberAt(object, mode)) ?? otherMode;

  /** Degrees a minute. */
  function effort(): number {
    if (!isOn()) return 0;
    const gap = keptTarget - room.temperature;
    switch (modeNow().word) {
      case "cooling":
        return clamp(gap, -strength, 0);
      case "heating":
        return clamp(gap, 0, strength);
      case "auto":
        return clamp(gap, -strength, strength);
      case "dehumidification":
        return clamp(gap, -0.2, 0);
      default:
        return 0;
    }
  }

  const count = createEnergyMeter(object);
  room.heatBy(effort);
  const measure = (): void => {
    object.put(inside, big(Math.round(room.temperature), 1));
    object.put(outside, big(Math.round(room.outdoors), 1));
  };
  measure();
  room.onStep(() => {
    measure();
    count(isOn() ? 25 + (750 * Math.abs(effort())) / strength : 1, stepMs);
  });

  return {
    object,
    titles: { en: "Air conditioner", ja: "エアコン" },
    buttons: [
      { titles: { en: "On", ja: "運転" }, epc: power, edt: "30" },
      { titles: { en: "Off", ja: "停止" }, epc: power, edt: "31" },
      { titles: { en: "Cool", ja: "冷房" }, epc: mode, edt: "42" },
      { titles: { en: "Heat", ja: "暖房" }, epc: mode, edt: "43" },
      { titles: { en: "Fan", ja: "送風" }, epc: mode, edt: "45" },
      { titles: { en: "24 °C", ja: "24℃" }, epc: target, edt: "18" },
      { titles: { en: "26 °C", ja: "26℃" }, epc: target, edt: "1a" },
      { titles: { en: "28 °C", ja: "28℃" }, epc: target, edt: "1c" },
    ],
    facts: () => ({
      power: isOn(),
      mode: modeNow().word,
      targetTemperature: numberAt(object, target) === undefinedTarget ? "undefined" : numberAt(object, target),
      fan: numberAt(object, fan) === 0x41 ? "auto" : numberAt(object, fan) - 0x30,
      roomTemperature: Math.round(room.temperature),
    }),
    display: () => {
      if (!isOn()) return { en: "Off", ja: "停止" };
      const { en, ja } = modeNow();
      const wanted = numberAt(object, target);
      return wanted === undefinedTarget ? { en, ja } : { en: `${en} · ${wanted} °C`, ja: `${ja} · ${wanted}℃` };
    },
  };
}
