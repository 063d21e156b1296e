/**
 * A second controller on the LAN, made with the npm package node-echonet-lite. Says "waiting"; on the first line of its standard
 * input it looks for nodes, asks the first that answers all that a controller may ask, and says what it saw as JSON.
 */

import { once } from "node:events";
import { createInterface } from "node:readline";
import EchonetLite from "node-echonet-lite";

const nodeProfile = [0x0e, 0xf0, 0x01];
const controller = [0x05, 0xff, 0x01];
const wanted = [0xd6, 0x83, 0x8a, 0x82, 0x9f];

const network = new EchonetLite({ type: "lan" });
const call = (method, ...args) =>
  new Promise((resolve, reject) => {
    network[method](...args, (error, answer) => (error ? reject(error) : resolve(answer)));
  });

/** What of an answer can be written down: octets in hexadecimal, and what the package made of them. */
const told = ({ message: { seoj, deoj, esv, prop } }) => ({
  seoj,
  deoj,
  esv,
  octets: prop.map(({ buffer }) => buffer?.toString("hex") ?? ""),
  values: prop.map(({ edt }) => edt),
});
const asked = (epcs) => epcs.map((epc) => ({ epc, edt: null }));

process.stdout.write("waiting\n");
await once(createInterface({ input: process.stdin }), "line");
await call("init");
const { device } = await call("startDiscovery");
network.stopDiscovery();
const ask = async (eoj, esv, properties) => told(await call("send", device.address, eoj, esv, properties));
const maps = async (eoj) => (await call("getPropertyMaps", device.address, eoj)).message.data;

const seen = {
  device: { address: device.address, eoj: device.eoj },
  node: await ask(nodeProfile, "Get", asked(wanted)),
  nodeMaps: await maps(nodeProfile),
  controller: await ask(controller, "Get", asked([0x80, 0x8a, 0x9f])),
  controllerMaps: await maps(controller),
  anyController: await ask([0x05, 0xff, 0x00], "Get", asked([0x80])),
  notThere: await ask(nodeProfile, "Get", asked([0x80, 0xee])),
  set: await ask(controller, "SetC", [{ epc: 0x80, edt: { status: false } }]),
  afterSet: await ask(controller, "Get", asked([0x80])),
  request: await ask(nodeProfile, "INF_REQ", asked([0xd5])),
};
process.stdout.write(`${JSON.stringify(seen)}\n`);
