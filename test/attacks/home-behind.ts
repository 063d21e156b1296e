/** A home with one lamp behind a real access broker: its control, the page and the remote topics are the gateway's own, the lamp is a fake. */

import { openEventJournal } from "../../gateway-core/access-link/event-journal.ts";
import { createRemoteHome, type RemoteHome } from "../../gateway-core/access-link/remote-home.ts";
import { openRegisteredKeys, type RegisteredKeys } from "../../gateway-core/command-signatures/registered-keys.ts";
import { createSignedControl } from "../../gateway-core/command-signatures/signed-control.ts";
import type { RemoteCommand } from "../../gateway-core/contract/remote-link.ts";
import type { Handler } from "../../gateway-core/contract/web.ts";
import { createDevices, type Devices } from "../../gateway-core/devices/devices.ts";
import { createLivePage } from "../../gateway-core/page/live-page.ts";
import { createPageFeed } from "../../gateway-core/page/page-feed.ts";
import { createPageHandler } from "../../gateway-core/page/page-handler.ts";
import { createRemoteTopics } from "../../gateway-core/remote-topics.ts";
import { number, realHost, type TestHost } from "../access-broker/rig.ts";
import { type FakeDevice, FakeSession, lampModel, lampValues, sighting } from "../fakes/fake-session.ts";

export interface HomeBehind extends AsyncDisposable {
  readonly host: TestHost;
  /** What it is asked stands in `sent`. */
  readonly lamp: FakeDevice;
  readonly devices: Devices;
  readonly keys: RegisteredKeys;
  /** What the data link and the control link lead to: all that an access broker can reach. */
  readonly handler: Handler;
  readonly remote: RemoteHome;
  execute(command: RemoteCommand): void;
}

/** `rules`: what needs a signature, as the settings say it. */
export function openHomeBehind(rules: readonly string[] = []): HomeBehind {
  const host = realHost();
  const session = new FakeSession();
  const lamp = session.add("lamp-1", { ...lampValues });
  const devices = createDevices({ host, sessions: new Map([["fake", session]]), find: () => lampModel });
  const keys = openRegisteredKeys(host);
  const control = createSignedControl({ host, control: devices.control, rules, keys, home: () => number });
  const live = createLivePage({ host });
  const feed = createPageFeed({ host });
  live.onEvent((event) => feed.receive(event));
  const remote = createRemoteHome(host.log, (command) => topics.execute(command), openEventJournal(host));
  const topics = createRemoteTopics({ host, control, publish: remote.publish, describe: ({ id }) => ({ id }) });
  devices.onEvent((event) => {
    live.receive(event);
    topics.receive(event);
  });
  const start = devices.snapshot();
  live.receive(start);
  topics.receive(start);
  devices.receive({ type: "sighting", sighting: sighting("lamp-1") });
  const handler = createPageHandler({
    ...{ feed, control, host, assets: "/nowhere", arrange: devices.arrange },
    ...{ version: "1.0.0", search: () => undefined },
    things: () => devices.list(),
    describe: ({ id }) => ({ id }),
  });
  return {
    ...{ host, lamp, devices, keys, handler, remote, execute: topics.execute },
    async [Symbol.asyncDispose]() {
      topics[Symbol.dispose]();
      await devices[Symbol.asyncDispose]();
    },
  };
}
