/** How the nodes take what other packages register with Node-RED: there before the first node is made, or installed while a flow runs. */

import { EventEmitter } from "node:events";
import type { NodeAPI } from "node-red";
import { afterEach, describe, expect, it } from "vitest";
import { createGateway, type Gateway, parseSettings } from "../../gateway-core/gateway.ts";
import { packageRoot } from "../../host/package-root.ts";
import registerDiscovery from "../../nodes/genkan-discovery.ts";
import registerGateway from "../../nodes/genkan-gateway.ts";
import { fakeHost } from "../fakes/fake-host.ts";
import { anyAdapter } from "../plugin-adapters/any-adapter.ts";
import { Wall, wallAdapter } from "../plugin-adapters/wall-lamp.ts";

type Handler = (request: object, response: { json(body: unknown): void }) => void;

/** As much of Node-RED as these two nodes use; its list of plug-ins is one that grows. */
function nodeRed(gateway: Gateway) {
  const constructors = new Map<string, (this: unknown, config: object) => void>();
  const nodes = new Map<string, unknown>();
  const plugins: object[] = [];
  const routes = new Map<string, Handler>();
  const events = new EventEmitter();
  const RED = {
    events,
    settings: { genkanGateway: gateway },
    auth: { needsPermission: (permission: string) => permission },
    httpAdmin: {
      get: (path: string, permission: string, handler: Handler) => routes.set(`${path} ${permission}`, handler),
    },
    plugins: { getByType: (type: string) => (type === "genkan-adapter" ? plugins : []) },
    nodes: {
      createNode: () => undefined,
      getNode: (id: string) => nodes.get(id),
      registerType: (type: string, make: (this: unknown, config: object) => void) => constructors.set(type, make),
    },
  } as unknown as NodeAPI;
  registerGateway(RED);
  registerDiscovery(RED);
  function make(type: string, config: object) {
    const errors: string[] = [];
    const statuses: { text?: string }[] = [];
    const node = Object.assign(new EventEmitter(), {
      error: (text: string) => errors.push(text),
      status: (status: { text?: string }) => statuses.push(status),
    });
    nodes.set(type, node);
    constructors.get(type)?.call(node, config);
    return { errors, statuses, close: () => node.emit("close") };
  }
  return {
    events,
    home: () => make("genkan-gateway", { settings: "" }),
    discovery: (protocol: string) => make("genkan-discovery", { gateway: "genkan-gateway", protocol }),
    install(adapter: unknown, module: string) {
      plugins.push({ id: module, module, type: "genkan-adapter", adapter });
      events.emit("registry:plugin-added", module);
    },
    read(path: string): unknown {
      const answers: unknown[] = [];
      routes.get(path)?.({}, { json: (body) => void answers.push(body) });
      return answers[0];
    },
  };
}

describe("A flow", () => {
  let gateway: Gateway;
  afterEach(() => gateway[Symbol.asyncDispose]());
  const red = () => {
    gateway = createGateway({ settings: parseSettings({}), host: fakeHost(), packageRoot: packageRoot() });
    return nodeRed(gateway);
  };

  it("has the adapters that were there before it; one that is refused is said once, whatever is deployed", () => {
    const { home, discovery, install } = red();
    install(wallAdapter(new Wall()), "a-package");
    install(anyAdapter(1, { protocol: "Wrong" }), "b-package");
    install(
      {
        get api() {
          throw new Error("a trap");
        },
      },
      "c-package",
    );
    const first = home();
    expect(first.errors).toEqual([
      expect.stringMatching(/^adapter-refused: .*b-package/),
      expect.stringMatching(/^adapter-refused: .*c-package/),
    ]);
    const found = discovery("wall");
    expect(found.statuses.at(-1)).toMatchObject({ text: "status.opening" });
    for (const { close } of [found, first]) close();
    expect(home().errors).toEqual([]);
  });

  it("says of a protocol that its package is not installed, and goes on as soon as it is", () => {
    const { home, discovery, install, events } = red();
    const gatewayNode = home();
    const found = discovery("wall");
    expect(found.statuses.at(-1)).toMatchObject({ text: "status.no-adapter" });
    install(wallAdapter(new Wall()), "a-package");
    expect(found.statuses.at(-1)).toMatchObject({ text: "status.opening" });
    for (const { close } of [found, gatewayNode, discovery("other")]) close();
    expect(events.eventNames()).toEqual([]);
  });

  it("offers what is installed to who may read", () => {
    const { install, read } = red();
    install(wallAdapter(new Wall(), { titles: { en: "Wall", ja: "壁" } }), "a-package");
    install(anyAdapter(1, { protocol: "echonet" }), "b-package");
    install(undefined, "c-package");
    expect(read("/genkan/adapters genkan.read")).toEqual([{ protocol: "wall", titles: { en: "Wall", ja: "壁" } }]);
  });
});
