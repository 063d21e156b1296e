/** The gateway's own doors and what is open of them: the page in the home, direct access from outside, and the proxy for the home's computers with the link that it leads by. */

import type { Access } from "./access-link/access.ts";
import type { Host } from "./contract/clock.ts";
import type { Device } from "./contract/device.ts";
import { HomeError, toHomeError } from "./contract/errors.ts";
import { type Handler, problemResponse } from "./contract/web.ts";
import { openHomeProxy } from "./home-proxy/home-proxy.ts";
import { homePacFile } from "./home-proxy/pac.ts";
import { type OwnAccess, type OwnAccessOptions, openOwnAccess } from "./own-access/own-access.ts";
import { homeNetworks } from "./page/home-network.ts";
import { openPageServer, type PageServer } from "./page/page-server.ts";
import type { Settings } from "./settings.ts";
import type { Plan } from "./station.ts";

/** What is open now. */
export interface HomeDoors {
  /** The page's address in the home. */
  lan?: string;
  /** The local broker's. */
  mqtt?: string;
  access?: Access;
  /** Host and port of the home's proxy. */
  proxy?: string;
}

/** As programs are told: `lan` and `mqtt` are URLs, `homeProxy` is host and port. */
export interface Addresses {
  readonly lan?: string;
  readonly mqtt?: string;
  readonly homeProxy?: string;
}

export const addressesOf = ({ lan, mqtt, proxy }: HomeDoors): Addresses => ({
  ...(lan === undefined ? {} : { lan }),
  ...(mqtt === undefined ? {} : { mqtt }),
  ...(proxy === undefined ? {} : { homeProxy: proxy }),
});

export function homeProxyPlan(settings: Settings, host: Host, doors: HomeDoors): Plan<never> {
  const { enabled, listen, port } = settings.homeProxy;
  return {
    name: "home-proxy",
    parse() {
      throw new HomeError("flow-invalid", "nothing enters a home proxy node");
    },
    async open(_send, show) {
      if (!enabled) {
        show({ state: "open", text: "off" });
        return { close: async () => undefined };
      }
      const proxy = await openHomeProxy({
        ...{ listen, port, host },
        isOfHome: homeNetworks(settings.page.networks),
        async open() {
          if (doors.access === undefined) throw new HomeError("home-away", "the flow has no link to a provider now");
          return doors.access.openProxy();
        },
      });
      doors.proxy = proxy.authority;
      show({ state: "open", text: "open", detail: proxy.authority });
      return {
        async close() {
          delete doors.proxy;
          await proxy[Symbol.asyncDispose]();
        },
      };
    },
  };
}

export interface HomePageOptions {
  readonly settings: Settings;
  readonly host: Host;
  readonly doors: HomeDoors;
  /** The page for who is in the home. */
  readonly inside: Handler;
  /** The page for who comes directly from outside. */
  readonly outside: Handler;
  readonly things: () => readonly Device[];
}

/**
 * The page in the home, with the file where browsers find the proxy and the page that sets up direct access; and that
 * direct access itself, which stands as long as the page does.
 * @throws HomeError `address-unusable`
 */
export async function openHomePage({ settings, host, doors, ...page }: HomePageOptions): Promise<PageServer> {
  const { mode, ...access } = settings.access;
  await using opened = new AsyncDisposableStack();
  const own = opened.use(
    await openDirectAccess({
      ...access,
      host,
      isAllowed: mode !== "broker",
      handler: page.outside,
      choices: () => page.things().map(({ id, title }) => ({ id, title })),
    }),
  );
  const handler = own.withSetup(withProxyFile(page.inside, doors));
  const { url } = opened.use(await openPageServer({ ...settings.page, handler, host }));
  const closing = opened.move();
  return { url, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}

/** What cannot be read of who may come from outside keeps nobody in the home from its page: nobody comes from outside, and why is said where it is set up. */
async function openDirectAccess(options: OwnAccessOptions): Promise<Pick<OwnAccess, "withSetup"> & AsyncDisposable> {
  try {
    return await openOwnAccess(options);
  } catch (thrown) {
    options.host.log.write("error", "own-access-failed", { error: toHomeError(thrown).toBody() });
    return {
      withSetup: (page) => async (request, viewer) =>
        viewer.from === "local" && new URL(request.url).pathname === "/setup/direct"
          ? problemResponse(thrown)
          : page(request, viewer),
      [Symbol.asyncDispose]: async () => undefined,
    };
  }
}

/** The page with `/proxy.pac`, where browsers of the home find the proxy; while there is none, neither is the file. */
function withProxyFile(handler: Handler, doors: HomeDoors): Handler {
  return async (request, viewer) => {
    const isAsked = request.method === "GET" && new URL(request.url).pathname === "/proxy.pac";
    if (!isAsked || doors.proxy === undefined) return handler(request, viewer);
    const { home } = doors.access ?? {};
    const provider = home === undefined ? undefined : new URL(home).hostname.replace(/^[^.]+\./, "");
    const headers = { "content-type": "application/x-ns-proxy-autoconfig", "cache-control": "no-cache" };
    return new Response(homePacFile(doors.proxy, provider), { headers });
  };
}
