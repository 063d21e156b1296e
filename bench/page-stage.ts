/** A home of many devices behind its page, as the gateway serves it in the home and through an access broker, with what devices report in the bench's hand. */

import { join } from "node:path";
import type { Device } from "../gateway-core/contract/device.ts";
import type { Json } from "../gateway-core/contract/json.ts";
import type { Command, CommandResult, Control } from "../gateway-core/contract/messages.ts";
import { createLivePage } from "../gateway-core/page/live-page.ts";
import { createPageFeed } from "../gateway-core/page/page-feed.ts";
import { createPageHandler } from "../gateway-core/page/page-handler.ts";
import { openPageServer } from "../gateway-core/page/page-server.ts";
import { packageRoot } from "../host/package-root.ts";
import { systemClock, systemIds } from "../host/system-host.ts";
import { openRig, password, user } from "../test/access-broker/rig.ts";
import { FakeMemory } from "../test/fakes/fake-host.ts";
import { furnishedHome } from "../test/fakes/furnished-home.ts";

export interface PageStage extends AsyncDisposable {
  /** Of the page in the home. */
  readonly lan: string;
  readonly devices: readonly Device[];
  /** A device reports a value. */
  report(device: string, property: string, value: Json): void;
}

/** A device confirms what it is told after this. */
const settledMs = 20;

function openHome(devices: readonly Device[]) {
  const log = { write: () => undefined };
  const host = { clock: systemClock, ids: systemIds, log, memory: new FakeMemory() };
  const [live, feed] = [createLivePage({ host }), createPageFeed({ host })];
  live.onEvent((event) => feed.receive(event));
  live.receive({ type: "snapshot", devices });
  const control: Control = {
    async execute(command: Command): Promise<CommandResult> {
      const { request } = command;
      await new Promise((resolve) => setTimeout(resolve, settledMs));
      return { ...command, ok: true, value: request.kind === "property" ? request.value : null };
    },
    onResult: () => () => undefined,
  };
  const handler = createPageHandler({
    ...{ feed, control, host, assets: join(packageRoot(), "dist", "ui"), version: "0.0.0" },
    search: () => undefined,
    things: () => devices,
    describe: ({ id }) => ({ id }),
    arrange: () => ({}),
  });
  const report: PageStage["report"] = (device, property, value) =>
    live.receive({ type: "changed", device, property, value, at: Date.now() });
  return { handler, host, report };
}

export async function openPageStage(count: number): Promise<PageStage> {
  const devices = furnishedHome(count);
  const { handler, host, report } = openHome(devices);
  const server = await openPageServer({ handler, listen: "127.0.0.1", port: 0, hostNames: [], networks: [], host });
  return { lan: server.url, devices, report, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

export interface BrokerStage extends Omit<PageStage, "lan"> {
  readonly login: string;
  readonly user: string;
  readonly password: string;
}

/** The same behind an access broker: TLS, login, both firewalls, the data link. */
export async function openBrokerStage(count: number): Promise<BrokerStage> {
  const devices = furnishedHome(count);
  const { handler, report } = openHome(devices);
  const rig = await openRig();
  await rig.join(handler);
  return {
    ...{ devices, report, user, password, login: `https://${rig.authority()}/login` },
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
  };
}
