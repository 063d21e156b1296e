/** A ceiling light (Appendix, class 0290: general lighting) with a dimmer, four colours of white and a night light. */

import { between, oneOf } from "../legal-values.ts";
import { createSimulatedObject } from "../simulated-object.ts";
import { numberAt, type SimulatedDevice, superClass } from "./simulated-device.ts";

const [power, brightness, colour, mode] = [0x80, 0xb0, 0xb1, 0xb6];
const colourWords = ["other", "incandescent", "white", "daylightWhite", "daylightColor"];

export function lighting(instance: number): SimulatedDevice {
  const object = createSimulatedObject(0x029000 | instance, {
    ...superClass({ place: "08", release: "J" }),
    "80": { edt: "31", set: oneOf("30", "31"), inf: true },
    b0: { edt: "64", ...between(0, 100), inf: true },
    b1: { edt: "43", set: oneOf("41", "42", "43", "44") },
    b6: { edt: "42", set: oneOf("42", "43"), inf: true },
  });

  return {
    object,
    titles: { en: "Ceiling light", ja: "天井照明" },
    buttons: [
      { titles: { en: "On", ja: "点灯" }, epc: power, edt: "30" },
      { titles: { en: "Off", ja: "消灯" }, epc: power, edt: "31" },
      { titles: { en: "100 %", ja: "100%" }, epc: brightness, edt: "64" },
      { titles: { en: "50 %", ja: "50%" }, epc: brightness, edt: "32" },
      { titles: { en: "10 %", ja: "10%" }, epc: brightness, edt: "0a" },
      { titles: { en: "Main light", ja: "通常灯" }, epc: mode, edt: "42" },
      { titles: { en: "Night light", ja: "常夜灯" }, epc: mode, edt: "43" },
    ],
    facts: () => ({
      power: numberAt(object, power) === 0x30,
      brightness: numberAt(object, brightness),
      colour: colourWords[numberAt(object, colour) - 0x40] ?? "other",
      mode: numberAt(object, mode) === 0x43 ? "night" : "normal",
    }),
    display: () => {
      if (numberAt(object, power) !== 0x30) return { en: "Off", ja: "消灯" };
      const level = numberAt(object, brightness);
      return numberAt(object, mode) === 0x43
        ? { en: "Night light", ja: "常夜灯" }
        : { en: `On · ${level} %`, ja: `点灯 · ${level}%` };
    },
  };
}
