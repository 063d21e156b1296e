/** The tank and the bath tub behind an EcoCute: how much hot water there is, and where it goes. Litres, °C, minutes. */

import { clamp } from "./simulated-device.ts";

export const tankLitres = 370;
export const tubLitres = 180;
/** A heat pump makes a full tank in about four hours. */
const heatedPerMinute = 1.5;
/** The tap fills the tub; of its warm water a part comes from the tank. */
const tapPerMinute = 15;
const hotPart = 0.6;
const keepMinutes = 4 * 60;

export interface Tank {
  hot: number;
  temperature: number;
  /** In the tub. */
  bath: number;
  keptFor: number;
}

export type Bath = "stopped" | "filling" | "keeping";

export function heat(tank: Tank, minutes: number, target: number): void {
  tank.hot = Math.min(tankLitres, tank.hot + heatedPerMinute * minutes);
  tank.temperature += clamp(target - tank.temperature, 0, 0.2 * minutes);
}

export function coolDown(tank: Tank, minutes: number): void {
  tank.temperature = Math.max(20, tank.temperature - 0.01 * minutes);
}

/** Runs the automatic bath: fills the tub, then keeps it warm for four hours. Without hot water it stops. */
export function runBath(tank: Tank, minutes: number): Bath {
  if (tank.bath < tubLitres) {
    const hot = tapPerMinute * hotPart * minutes;
    if (tank.hot < hot) return "stopped";
    tank.hot -= hot;
    tank.bath = Math.min(tubLitres, tank.bath + tapPerMinute * minutes);
    return "filling";
  }
  tank.keptFor += minutes;
  return tank.keptFor < keepMinutes ? "keeping" : "stopped";
}
