/** zigbee2mqtt's page (`zigbee2mqtt-windfront`) as its server has it: the built files, compressed, and a WebSocket that tells of lights. */

import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { WebSocketServer } from "ws";
import type { PeerPage } from "./peer-dashboard.ts";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
};

const idOf = (at: number): string => `0x${(0x0017_8801_0000_0000n + BigInt(at)).toString(16).padStart(16, "0")}`;
const endpoint = { bindings: [], clusters: { input: ["genOnOff", "genLevelCtrl"], output: [] } };

/** A light that can be switched and dimmed, in the words of zigbee2mqtt's own documentation (MQTT topics, exposes). */
const lightOf = (at: number): object => ({
  ...{ ieee_address: idOf(at), friendly_name: `Light ${at + 1}`, network_address: at + 1, type: "Router" },
  ...{
    supported: true,
    disabled: false,
    interview_completed: true,
    interviewing: false,
    interview_state: "SUCCESSFUL",
  },
  ...{ manufacturer: "Bench", model_id: "B1", power_source: "Mains (single phase)", software_build_id: "1" },
  endpoints: { "1": { ...endpoint, configured_reportings: [], scenes: [] } },
  definition: {
    ...{
      source: "native",
      model: "B1",
      vendor: "Bench",
      description: "Dimmable light",
      options: [],
      supports_ota: false,
    },
    exposes: [
      {
        type: "light",
        features: [
          {
            ...{ type: "binary", name: "state", property: "state", label: "State", access: 7 },
            ...{ value_on: "ON", value_off: "OFF", value_toggle: "TOGGLE" },
          },
          {
            ...{ type: "numeric", name: "brightness", property: "brightness", label: "Brightness", access: 7 },
            ...{ value_min: 0, value_max: 254 },
          },
        ],
      },
    ],
  },
});

const coordinator = {
  ...{ ieee_address: "0x00124b0000000001", friendly_name: "Coordinator", network_address: 0, type: "Coordinator" },
  ...{ supported: true, disabled: false, interview_state: "SUCCESSFUL", definition: null, endpoints: {} },
};

const info = {
  ...{ version: "2.0.0", commit: "bench", permit_join: false, log_level: "info", restart_required: false },
  coordinator: { ieee_address: coordinator.ieee_address, type: "bench", meta: { revision: 1 } },
  network: { channel: 15, extended_pan_id: "0x00", pan_id: 1 },
  config_schema: { type: "object", properties: {}, required: [], definitions: {} },
  config: {
    ...{ version: 4, devices: {}, groups: {}, blocklist: [], passlist: [], device_options: {} },
    advanced: { cache_state: true, last_seen: "disable", elapsed: false, output: "json", log_level: "info" },
    availability: { enabled: true, active: { timeout: 10 }, passive: { timeout: 1500 } },
    frontend: { enabled: true, package: "zigbee2mqtt-windfront", port: 8080, base_url: "/" },
    homeassistant: { enabled: false },
    mqtt: { base_topic: "zigbee2mqtt", server: "mqtt://localhost" },
    ...{ map_options: { graphviz: { colors: { fill: {}, font: {}, line: {} } } }, ota: {}, serial: {} },
  },
  ...{ mqtt: { server: "mqtt://localhost", version: 5 }, os: {}, zigbee_herdsman: {}, zigbee_herdsman_converters: {} },
};

/** What a client is told when it connects, in this order. */
function greetings(count: number): readonly { readonly topic: string; readonly payload: unknown }[] {
  const places = Array.from({ length: count }, (_, at) => at);
  return [
    { topic: "bridge/state", payload: { state: "online" } },
    { topic: "bridge/info", payload: info },
    { topic: "bridge/devices", payload: [coordinator, ...places.map(lightOf)] },
    { topic: "bridge/groups", payload: [] },
    { topic: "bridge/definitions", payload: { clusters: {}, custom_clusters: {}, actions: [] } },
    { topic: "bridge/extensions", payload: [] },
    ...places.map((at) => ({ topic: `Light ${at + 1}/availability`, payload: { state: "online" } })),
    ...places.map((at) => ({ topic: `Light ${at + 1}`, payload: { state: "ON", brightness: 180, linkquality: 200 } })),
  ];
}

/** `packages`: of fetchPeers. */
export async function openWindfront(packages: string, count: number): Promise<PeerPage> {
  const root = join(packages, "node_modules", "zigbee2mqtt-windfront", "dist");
  const server = createServer(({ url = "/", headers }, response) => {
    const { pathname } = new URL(url, "http://bench");
    const file = normalize(join(root, pathname === "/" ? "index.html" : pathname));
    const isCompressed = String(headers["accept-encoding"]).includes("br") && existsSync(`${file}.br`);
    if (!file.startsWith(root) || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    const encoding = isCompressed ? { "content-encoding": "br" } : {};
    response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream", ...encoding });
    response.end(readFileSync(isCompressed ? `${file}.br` : file));
  });
  const sockets = new WebSocketServer({ server, perMessageDeflate: true });
  sockets.on("connection", (socket) => {
    for (const message of greetings(count)) socket.send(JSON.stringify(message));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/#/dashboard`,
    control: 'input[type="checkbox"].toggle:enabled, input[type="range"]:enabled',
    async [Symbol.asyncDispose]() {
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
