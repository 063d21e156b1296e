import { describe, expect, it } from "vitest";
import { hasNamespaces, runScript } from "./in-namespace.ts";

if (!hasNamespaces) {
  console.warn(
    "SKIPPED: interoperability with echonet-lite and node-echonet-lite needs network namespaces (root, unshare, ip)",
  );
}

describe("with a device made by others (npm echonet-lite) on a virtual cable", () => {
  it.skipIf(!hasNamespaces)(
    "the adapter finds, describes, reads, sets, is refused and hears",
    { timeout: 60_000 },
    () => {
      const seen = runScript("interop-home.ts", [], true);
      expect(seen).toMatchObject({
        ref: { id: "echonet-10-77-0-2-013001", address: "10.77.0.2" },
        properties: {
          power: { observable: true },
          mode: { observable: true },
          target: { observable: false },
          room: { readOnly: true },
        },
        got: { values: { power: false, mode: "cool", target: 28, room: 25 }, errors: {} },
        set: { values: { power: true, mode: "heat", target: 21 }, errors: {} },
        refused: { values: {}, errors: { target: { code: "device-refused", refused: ["b3"] } } },
      });
      expect(seen).not.toHaveProperty("properties.humidity");
    },
  );
});

describe("with a second controller made by others (npm node-echonet-lite) on a virtual cable", () => {
  const toController = { deoj: [0x05, 0xff, 0x01] };
  const fromNode = { seoj: [0x0e, 0xf0, 0x01], ...toController };
  const fromController = { seoj: [0x05, 0xff, 0x01], ...toController };
  const nodeMap = [0x80, 0x82, 0x83, 0x8a, 0x9d, 0x9e, 0x9f, 0xd3, 0xd4, 0xd6, 0xd7];
  const controllerMap = [0x80, 0x81, 0x82, 0x83, 0x88, 0x8a, 0x9d, 0x9e, 0x9f];

  it.skipIf(!hasNamespaces)(
    "the gateway's own node is found, read and announced as it asks, and refuses to be set",
    { timeout: 60_000 },
    () => {
      const seen = runScript("second-controller.ts", [], true);
      expect(seen).toEqual({
        device: { address: "10.77.0.1", eoj: [[0x05, 0xff, 0x01]] },
        node: {
          ...fromNode,
          esv: "Get_Res",
          octets: [
            "0105ff01",
            expect.stringMatching(/^feffffff[0-9a-f]{26}$/),
            "ffffff",
            "010e0100",
            expect.any(String),
          ],
          values: [
            { list: [[0x05, 0xff, 0x01]] },
            expect.objectContaining({ code: 0xffffff }),
            { code: 0xffffff },
            { version: 1.14, type: 1 },
            { list: nodeMap },
          ],
        },
        nodeMaps: { inf: [0x80, 0xd5], set: [], get: nodeMap },
        controller: {
          ...fromController,
          esv: "Get_Res",
          octets: ["30", "ffffff", expect.any(String)],
          values: [{ status: true }, { code: 0xffffff }, { list: controllerMap }],
        },
        controllerMaps: { inf: [0x80, 0x81, 0x88], set: [], get: controllerMap },
        anyController: { ...fromController, esv: "Get_Res", octets: ["30"], values: [{ status: true }] },
        notThere: { ...fromNode, esv: "Get_SNA", octets: ["30", ""], values: [{ status: true }, null] },
        set: { ...fromController, esv: "SetC_SNA", octets: ["31"], values: [{ status: false }] },
        afterSet: { ...fromController, esv: "Get_Res", octets: ["30"], values: [{ status: true }] },
        request: { ...fromNode, esv: "INF", octets: ["0105ff01"], values: [{ list: [[0x05, 0xff, 0x01]] }] },
      });
    },
  );
});
