/** An EcoCute (Appendix, class 026B: electric water heater): heats its tank at need, runs the bath, and tells how much hot water is left. */

import type { Clock } from "../../gateway-core/contract/clock.ts";
import { every } from "../every.ts";
import { between, oneOf } from "../legal-values.ts";
import { createSimulatedObject } from "../simulated-object.ts";
import { big } from "../wire/octets.ts";
import { createEnergyMeter, meterRules } from "./energy-meter.ts";
import { type Bath, coolDown, heat, runBath, type Tank, tankLitres } from "./hot-water-tank.ts";
import { numberAt, type SimulatedDevice, superClass } from "./simulated-device.ts";

const stepMs = 10_000;
const [heating, isHeating, tankTarget, tankNow, alarm, tap] = [0xb0, 0xb2, 0xb3, 0xc1, 0xc2, 0xc3];
const [remaining, bathAuto, bathStatus] = [0xe1, 0xe3, 0xea];
const [automatic, byHand] = [0x41, 0x42];
const heatingWords = new Map([
  [automatic, "auto"],
  [byHand, "byHand"],
  [0x43, "stopped"],
]);
const [yes, no] = [0x41, 0x42];
const bathCodes: Readonly<Record<Bath, number>> = { filling: 0x41, stopped: 0x42, keeping: 0x43 };
/** Left to itself it heats when less than this part is left. */
const needy = 0.35;

export function waterHeater(instance: number, clock: Clock, signal: AbortSignal): SimulatedDevice {
  const object = createSimulatedObject(0x026b00 | instance, {
    ...superClass({ place: "20", release: "H", product: "GK-EQ37" }),
    ...meterRules,
    "83": { edt: "feffffff67656e6b616e2d656330303031" },
    b0: { edt: "41", set: oneOf("41", "42", "43"), inf: true },
    b2: { edt: "42", inf: true },
    b3: { edt: "41", ...between(65, 90) },
    c0: { edt: "42", set: oneOf("41", "42") },
    c1: { edt: "41" },
    c2: { edt: "00", inf: true },
    c3: { edt: "42", inf: true },
    d1: { edt: "28", ...between(35, 60) },
    d3: { edt: "29", ...between(37, 48) },
    e1: { edt: "0140" },
    e2: { edt: "0172" },
    e3: { edt: "42", set: oneOf("41", "42") },
    ea: { edt: "42", inf: true },
  });
  const tank: Tank = { hot: numberAt(object, remaining), temperature: numberAt(object, tankNow), bath: 0, keptFor: 0 };
  const count = createEnergyMeter(object);
  const put = (epc: number, code: number): boolean => object.put(epc, big(code, 1));

  function wantsHeat(): boolean {
    const isFull = tank.hot >= tankLitres;
    switch (numberAt(object, heating)) {
      case automatic:
        return !isFull && (numberAt(object, isHeating) === yes || tank.hot < needy * tankLitres);
      case byHand:
        return !isFull;
      default:
        return false;
    }
  }

  function step(minutes: number): void {
    const bath = numberAt(object, bathAuto) === yes ? runBath(tank, minutes) : "stopped";
    if (bath === "stopped") put(bathAuto, no);
    put(bathStatus, bathCodes[bath]);
    put(tap, bath === "filling" ? yes : no);
    if (wantsHeat()) heat(tank, minutes, numberAt(object, tankTarget));
    else coolDown(tank, minutes);
    if (numberAt(object, heating) === byHand && tank.hot >= tankLitres) put(heating, automatic);
    put(isHeating, wantsHeat() ? yes : no);
    put(alarm, tank.hot < 10 ? 0x01 : 0x00);
    put(tankNow, Math.round(tank.temperature));
    object.put(remaining, big(Math.floor(tank.hot), 2));
  }

  object.onChange((epc) => {
    if (epc === bathAuto) Object.assign(tank, { bath: 0, keptFor: 0 });
    // It answers to its switches at once, not at the next step.
    if (epc === bathAuto || epc === heating) step(0);
  });
  every(clock, stepMs, signal, () => {
    step(stepMs / 60_000);
    count(numberAt(object, isHeating) === yes ? 1_400 : 6, stepMs);
  });

  return {
    object,
    titles: { en: "EcoCute", ja: "エコキュート" },
    buttons: [
      { titles: { en: "Automatic", ja: "おまかせ" }, epc: heating, edt: "41" },
      { titles: { en: "Heat now", ja: "沸き増し" }, epc: heating, edt: "42" },
      { titles: { en: "Stop heating", ja: "沸き上げ停止" }, epc: heating, edt: "43" },
      { titles: { en: "Bath on", ja: "ふろ自動 入" }, epc: bathAuto, edt: "41" },
      { titles: { en: "Bath off", ja: "ふろ自動 切" }, epc: bathAuto, edt: "42" },
    ],
    facts: () => ({
      heating: heatingWords.get(numberAt(object, heating)) ?? "other",
      isHeating: numberAt(object, isHeating) === yes,
      remainingLitres: numberAt(object, remaining),
      tankTemperature: numberAt(object, tankNow),
      bathAuto: numberAt(object, bathAuto) === yes,
    }),
    display: () => {
      const litres = numberAt(object, remaining);
      const [heats, bathes] = [numberAt(object, isHeating) === yes, numberAt(object, bathAuto) === yes];
      return {
        en: `${litres} L${heats ? " · heating" : ""}${bathes ? " · bath" : ""}`,
        ja: `残り${litres}L${heats ? " · 沸き上げ中" : ""}${bathes ? " · ふろ自動" : ""}`,
      };
    },
  };
}
