/** A page handler over a whole home, with everything behind it at hand. */

import type { Arrange } from "../../gateway-core/contract/appearance.ts";
import type { Device } from "../../gateway-core/contract/device.ts";
import { wholeGrant } from "../../gateway-core/contract/grant.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import type { Recordings } from "../../gateway-core/contract/recording.ts";
import type { Viewer } from "../../gateway-core/contract/web.ts";
import { dress, openAppearances } from "../../gateway-core/devices/appearances.ts";
import { createLivePage } from "../../gateway-core/page/live-page.ts";
import { createPageFeed } from "../../gateway-core/page/page-feed.ts";
import { createPageHandler } from "../../gateway-core/page/page-handler.ts";
import { noHistory } from "../../gateway-core/page/shown-history.ts";
import type { StreamRoutes } from "../../gateway-core/page/stream-routes.ts";
import { FakeControl } from "../fakes/fake-control.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { wholeHome } from "../fakes/page-home.ts";

export const origin = "http://127.0.0.1:8080";
export const local: Viewer = { name: "local", from: "local", session: "s1", grant: wholeGrant };

const idAndTitle = (device: Device): JsonObject => ({ id: device.id, title: device.title });

export function openPage(
  devices: readonly Device[] = wholeHome(),
  assets = "/nowhere",
  describe = idAndTitle,
  streams?: StreamRoutes,
  history = noHistory,
  recordings?: Recordings,
) {
  const host = fakeHost();
  const live = createLivePage({ host });
  const feed = createPageFeed({ host });
  const control = new FakeControl();
  live.onEvent((event) => feed.receive(event));
  live.receive({ type: "snapshot", devices });
  const appearances = openAppearances(host);
  const arrange: Arrange = (id, change) => {
    const chosen = appearances.change(id, change);
    for (const device of devices.filter((one) => one.id === id)) {
      live.receive({ type: "found", device: dress(device, appearances.of(id)) });
    }
    return chosen;
  };
  const searches: { count: number; wait?: Promise<void> } = { count: 0 };
  const search = (): Promise<void> | undefined => {
    searches.count++;
    return searches.wait;
  };
  const handler = createPageHandler({
    ...{ feed, control, arrange, things: () => devices, describe, history, assets, host, version: "1.2.3", search },
    ...(streams === undefined ? {} : { streams }),
    recordings,
  });
  const ask = (path: string, init: RequestInit = {}, viewer: Viewer = local): Promise<Response> =>
    handler(new Request(`${origin}${path}`, init), viewer);
  const put = (path: string, value: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    ask(path, {
      method: "PUT",
      body: JSON.stringify(value),
      headers: { "content-type": "application/json", ...headers },
    });
  return { host, live, feed, control, handler, ask, put, searches };
}
