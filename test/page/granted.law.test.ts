import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type DeviceGrant,
  type Grant,
  mayInvoke,
  maySeeDevice,
  maySeeProperty,
  maySet,
  wholeGrant,
} from "../../gateway-core/contract/grant.ts";
import type { CommandRequest } from "../../gateway-core/contract/messages.ts";
import type { Viewer } from "../../gateway-core/contract/web.ts";
import { thingDescription } from "../../gateway-core/devices/thing-description.ts";
import { settle } from "../fakes/fake-host.ts";
import {
  markedActions,
  markedDevice,
  markedDevices,
  markedHome,
  markedProperties,
  nameOf,
  numberOf,
} from "../fakes/marked-home.ts";
import { local, openPage } from "./open-page.ts";

/** The words of one device's own, for a grant that names it. */
const grantOf = (device: string): fc.Arbitrary<DeviceGrant> =>
  fc.record(
    {
      access: fc.constantFrom("view", "control"),
      properties: fc.subarray(markedProperties.map((part) => nameOf(device, part))),
      actions: fc.subarray(markedActions.map((part) => nameOf(device, part))),
    },
    { requiredKeys: ["access"] },
  );
const anyGrant: fc.Arbitrary<Grant> = fc
  .record(
    { ...Object.fromEntries(markedDevices.map((id) => [id, grantOf(id)])), "*": grantOf("dev1") },
    { requiredKeys: [] },
  )
  .map((devices) => ({ devices: Object.keys(devices).length > 0 ? devices : { nobody: { access: "view" as const } } }));

/** All that a viewer must not find anywhere. */
function withheld(grant: Grant): string[] {
  return markedDevices.flatMap((id) => {
    if (!maySeeDevice(grant, id)) return [id, String(numberOf(id)), numberOf(id).toLocaleString("en")];
    const properties = markedProperties.filter((part) => !maySeeProperty(grant, id, nameOf(id, part)));
    const actions = markedActions.filter((part) => !mayInvoke(grant, id, nameOf(id, part)));
    const numbers = properties.includes("b") ? [String(numberOf(id)), numberOf(id).toLocaleString("en")] : [];
    return [...[...properties, ...actions].map((part) => nameOf(id, part)), ...numbers];
  });
}

const requests: readonly CommandRequest[] = markedDevices.flatMap((id) => [
  { kind: "property", name: nameOf(id, "c"), value: `${nameOf(id, "c")}-told` },
  { kind: "action", name: nameOf(id, "x"), value: null },
  { kind: "set", value: { [nameOf(id, "a")]: true, [nameOf(id, "b")]: numberOf(id) } },
]);

function openHome(grant: Grant) {
  const page = openPage(markedHome(), "/nowhere", (device) => thingDescription(device, { http: "https://home.test/" }));
  const viewer: Viewer = { ...local, name: "guest", from: "remote", grant };
  const ask = (path: string, init: RequestInit = {}) => page.ask(path, init, viewer);
  const text = async (path: string, init: RequestInit = {}) => (await ask(path, init)).text();
  const send = (method: string, path: string, value: unknown) =>
    ask(path, { method, body: JSON.stringify(value), headers: { "content-type": "application/json" } });
  /** Everything that can happen in a home happens to each of its devices. */
  const happen = (): void => {
    for (const id of markedDevices) {
      for (const part of ["b", "c"]) {
        const property = nameOf(id, part);
        const value = part === "b" ? numberOf(id) : `${property}-other`;
        page.live.receive({ type: "changed", device: id, property, value, at: 1 });
      }
      page.live.receive({ type: "availability", device: id, available: false, at: 2 });
      page.live.receive({ type: "found", device: markedDevice(id, { available: true }) });
    }
    for (const [at, request] of requests.entries()) {
      const device = markedDevices[Math.floor(at / 3)] ?? "";
      page.live.reportResult({ id: `r${at}`, device, request, ok: true, value: `${device}-answer` });
    }
    for (const id of markedDevices.slice(1)) page.live.receive({ type: "gone", device: id });
  };
  const events = async (during: () => void, lastEventId?: string): Promise<string> => {
    const leaving = new AbortController();
    const headers: HeadersInit = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
    const response = await ask("/api/events", { signal: leaving.signal, headers });
    during();
    await settle();
    leaving.abort();
    return response.text();
  };
  return { ...page, ask, text, send, happen, events };
}

describe("For every grant", () => {
  it("nothing that it does not name stands in any octet of any answer, live or replayed", async () => {
    await fc.assert(
      fc.asyncProperty(anyGrant, async (grant) => {
        const { text, events, happen, feed } = openHome(grant);
        const { epoch } = feed.state;
        const html = { headers: { accept: "text/html" } };
        const answers = await Promise.all(["/", "/api/home", "/things"].map((path) => text(path, html)));
        for (const id of markedDevices.filter((one) => maySeeDevice(grant, one))) {
          const paths = [`/devices/${id}`, `/things/${id}`, `/api/devices/${id}/properties`];
          answers.push(...(await Promise.all(paths.map((path) => text(path, html)))));
        }
        answers.push(await events(happen));
        answers.push(await events(() => undefined, `${epoch}:1`));
        answers.push(await events(() => undefined, `${epoch}:9999`));
        const words = withheld(grant);
        for (const answer of answers) expect(words.filter((word) => answer.includes(word))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it("what may be seen is there, and who may see everything gets the very octets that the owner gets", async () => {
    await fc.assert(
      fc.asyncProperty(anyGrant, async (grant) => {
        const { text, events, happen } = openHome(grant);
        const [home, told] = [await text("/api/home"), await events(happen)];
        for (const id of markedDevices) {
          expect(home.includes(`"${id}"`)).toBe(maySeeDevice(grant, id));
          for (const part of ["b", "c"]) {
            const name = nameOf(id, part);
            expect(told.includes(`"device":"${id}","property":"${name}"`)).toBe(maySeeProperty(grant, id, name));
          }
        }
      }),
      { numRuns: 30 },
    );
    const everyone: Grant = { devices: { dev2: { access: "control" }, "*": { access: "control" } } };
    const [owner, other] = [openHome(wholeGrant), openHome(everyone)];
    expect(await other.events(other.happen)).toBe(await owner.events(owner.happen));
  });

  it("a command beyond it never reaches the control, and is answered as if what it names were not there", async () => {
    await fc.assert(
      fc.asyncProperty(anyGrant, async (grant) => {
        const { send, text, control } = openHome(grant);
        for (const id of markedDevices) {
          const may = {
            c: maySet(grant, id, nameOf(id, "c")),
            set: maySet(grant, id, nameOf(id, "a")) && maySet(grant, id, nameOf(id, "b")),
            x: mayInvoke(grant, id, nameOf(id, "x")),
          };
          const path = `/api/devices/${id}`;
          const statuses = [
            (await send("PUT", `${path}/properties/${nameOf(id, "c")}`, "told")).status,
            (await send("PUT", `${path}/properties`, { [nameOf(id, "a")]: true, [nameOf(id, "b")]: 1 })).status,
            (await send("POST", `${path}/actions/${nameOf(id, "x")}`, null)).status,
          ];
          expect(statuses.map((status) => status === 200)).toEqual([may.c, may.set, may.x]);
          expect(control.asked.splice(0)).toHaveLength(statuses.filter((status) => status === 200).length);
          if (maySeeDevice(grant, id)) continue;
          expect(statuses).toEqual([404, 404, 404]);
          for (const at of [
            "/devices/*",
            "/things/*",
            "/api/devices/*/properties",
            "/api/devices/*/properties/dev1_a",
          ]) {
            const [hidden, absent] = await Promise.all([id, "dev9"].map((one) => text(at.replace("*", one))));
            expect(hidden?.replaceAll(id, "dev9")).toBe(absent?.replaceAll(id, "dev9"));
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it("the page has a control only for what may be set or done", async () => {
    await fc.assert(
      fc.asyncProperty(anyGrant, async (grant) => {
        const { text } = openHome(grant);
        const seen = markedDevices.filter((id) => maySeeDevice(grant, id));
        const pages = await Promise.all(["/", ...seen.map((id) => `/devices/${id}`)].map((path) => text(path)));
        const forms = pages.flatMap((page) => [
          ...page.matchAll(/action="(?:\.\.\/)?api\/devices\/(\w+)\/(\w+)\/(\w+)"/g),
        ]);
        for (const [, id = "", kind, name = ""] of forms) {
          expect(kind === "actions" ? mayInvoke(grant, id, name) : maySet(grant, id, name)).toBe(true);
        }
        const isAnyControl = Object.values(grant.devices).some(({ access }) => access === "control");
        expect(pages.map((page) => page.includes("View only"))).toEqual(pages.map(() => !isAnyControl));
      }),
      { numRuns: 40 },
    );
  });
});
