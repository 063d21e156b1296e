/** A history for pictures: each number as it might have gone, always the same. */

import type { Device } from "../../gateway-core/contract/device.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { History, HistoryQuery, HistoryStep } from "../../gateway-core/contract/history.ts";

const hourMs = 60 * 60_000;
const steps: readonly (HistoryStep & { readonly ms: number })[] = [
  { unit: "minute", count: 30, ms: hourMs / 2 },
  { unit: "hour", count: 1, ms: hourMs },
  { unit: "day", count: 1, ms: 24 * hourMs },
  { unit: "month", count: 1, ms: 30 * 24 * hourMs },
];

export function pastOf(devices: readonly Device[]): History {
  return {
    read({ device, property, from, to, points }: HistoryQuery) {
      const found = devices.find(({ id }) => id === device);
      const kind = found?.descriptor.properties[property]?.["gk:history"];
      if (kind === undefined) throw new HomeError("unknown-property", "none is kept of it", { name: property });
      const { ms, ...step } = steps.find((one) => (to - from) / one.ms <= points) ?? {
        unit: "month",
        count: 1,
        ms: to - from,
      };
      const value = found?.values[property]?.value;
      const now = typeof value === "number" ? value : 0;
      const first = Math.ceil(from / ms) * ms;
      const times = Array.from({ length: Math.floor((to - first) / ms) + 1 }, (_, at) => first + at * ms);
      const span = { from, to, step };
      if (kind === "total") {
        return { ...span, kind, points: times.map((at) => [at, (0.2 + dayAt(at, device)) * (ms / hourMs)] as const) };
      }
      const swing = Math.max(Math.abs(now) * 0.15, 0.5);
      const curve = times.map((at) => {
        const mean = now + swing * (dayAt(at, device) - dayAt(to, device));
        return [at, mean, mean - swing / 8, mean + swing / 8] as const;
      });
      return { ...span, kind: "measured", points: curve };
    },
  };
}

/** 0 to 1: low at night, with a wave of each device's own. */
function dayAt(at: number, device: string): number {
  const turn = (2 * Math.PI * at) / (24 * hourMs);
  const own = [...device].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  return (2 - Math.cos(turn + 2) + 0.4 * Math.sin(3 * turn + own)) / 3.4;
}
