/** A home in the browser whose clock the test moves; gone after each test. */

import { afterEach, beforeEach, vi } from "vitest";
import { reportedAt } from "../fakes/page-home.ts";
import { type OpenHome, openHome } from "./open-home.ts";

export interface TimedHome {
  /** The home of this test. */
  readonly open: OpenHome;
  start(...options: Parameters<typeof openHome>): Promise<OpenHome>;
  /** Lets time pass, and everything settle. */
  pass(ms: number): Promise<void>;
  /** The device tells it by itself. */
  report(device: string, property: string, value: number | boolean | string): void;
  stateOf(title: string): string | null | undefined;
  power(): HTMLButtonElement;
}

export function useTimedHome(): TimedHome {
  const toFake = ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] as const;
  let open: OpenHome | undefined;
  beforeEach(() => void vi.useFakeTimers({ toFake: [...toFake], now: reportedAt }));
  afterEach(() => {
    open?.[Symbol.dispose]();
    open = undefined;
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
  const opened = (): OpenHome => {
    if (open === undefined) throw new Error("start first");
    return open;
  };
  return {
    get open() {
      return opened();
    },
    async start(...options) {
      open = await openHome(...options);
      return open;
    },
    async pass(ms) {
      await vi.advanceTimersByTimeAsync(ms);
      await open?.settled();
    },
    report: (device, property, value) =>
      opened().gateway.live.receive({ type: "changed", device, property, value, at: Date.now() }),
    stateOf: (title) => opened().tile(title).querySelector(".tile-state")?.textContent,
    power: () => opened().button("Light: Power"),
  };
}

export const json = (body: object, status = 200): Response => Response.json(body, { status });
