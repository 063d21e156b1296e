/** A LinuxBus whose kernel is a fake one with a simulated bus behind it; time and the thread's turns are the test's. */

import type { Bus, BusTrouble } from "../../../gateway-core/ieee1394/bus.ts";
import { type Card, createCard } from "../../../gateway-core/ieee1394/linux/card.ts";
import { openLinuxBus, type StartCard } from "../../../gateway-core/ieee1394/linux-bus.ts";
import { createSimulatedBus, type SimulatedBus } from "../../../simulated-home/ieee1394/simulated-bus.ts";
import { createFakeKernel, type FakeKernel } from "../../fakes/fake-firewire-kernel.ts";
import { type FakeHost, fakeHost } from "../../fakes/fake-host.ts";

export interface CardWorld {
  readonly bus: Bus;
  /** Why there is no bus, as it was told last. */
  readonly trouble: BusTrouble | undefined;
  readonly simulated: SimulatedBus;
  readonly kernel: FakeKernel;
  readonly host: FakeHost;
  /** A thousandth of a second, and all that is ready in it. */
  pass(): Promise<void>;
  advance(ms: number): Promise<void>;
}

export interface CardWorldOptions {
  readonly host?: FakeHost;
  /** Devices that stand on the bus before the kernel starts. */
  readonly plug?: (simulated: SimulatedBus, host: FakeHost) => void;
  /** Files that may not be opened at first. */
  readonly denied?: readonly string[];
  readonly only?: string;
}

/** @param gapCount as the simulated bus's own unless given */
export async function openCardWorld(options: CardWorldOptions = {}): Promise<CardWorld> {
  const { host = fakeHost(), plug, denied = [], only } = options;
  const simulated = createSimulatedBus({ clock: host.clock });
  plug?.(simulated, host);
  const kernel = createFakeKernel(simulated, host.clock);
  for (const name of denied) kernel.denied.add(name);
  let card: Card | undefined;
  let isEnded = false;

  const start: StartCard = (tell) => {
    kernel.onDevices(() => card?.take({ do: "look" }));
    // Made by the first turn of the thread.
    turn = () => {
      card ??= createCard({ calls: kernel.calls, tell, only });
      for (let ready = kernel.ready(); ready.length > 0 && !isEnded; ready = kernel.ready()) {
        // A thread waits for its own files only.
        const fds = card.fds();
        const own = ready.filter(({ fd }) => fds.includes(fd));
        if (own.length === 0) break;
        card.step(own);
      }
      if (!isEnded) card.step([]);
    };
    return {
      send: (message) => card?.take(structuredClone(message)),
      async end() {
        isEnded = true;
        card?.close();
      },
    };
  };
  let turn = (): void => undefined;
  let trouble: BusTrouble | undefined;
  const bus = openLinuxBus(start, host, (told) => {
    trouble = told;
  });

  async function pass(ms: number): Promise<void> {
    await host.clock.advance(ms);
    if (!isEnded) turn();
  }
  /** In small steps at first, since something was just done. */
  async function advance(ms: number): Promise<void> {
    for (let waited = 0, step = 1; waited < ms; waited += step) {
      step = waited < 20 ? 1 : Math.min(20, ms - waited);
      await pass(step);
    }
  }
  await advance(300);
  return {
    ...{ bus, simulated, kernel, host, pass: () => pass(1), advance },
    get trouble() {
      return trouble;
    },
  };
}
