import { describe, expect, it } from "vitest";
import light from "../../device-descriptors/echonet/0290.json" with { type: "json" };
import { parseAttention } from "../../gateway-core/contract/attention.ts";
import { lamp, narrowed, reportedAt, wholeHome } from "../fakes/page-home.ts";
import { local, openPage } from "./open-page.ts";

const faulty = (id: string, over = {}) => narrowed(light, id, { power: true, faultStatus: true }, over);
const devices = [
  ...wholeHome(),
  lamp({ id: "silent", available: false }),
  lamp({ id: "asked-for", lookUp: "asking" }),
  lamp({ id: "odd", lookUp: "unknown" }),
  faulty("faulty"),
  faulty("faulty-and-silent", { available: false }),
  faulty("whole", { values: { faultStatus: { value: false, at: reportedAt } } }),
];

describe("GET /api/attention", () => {
  it("counts what needs a person's attention, once: what a silent device said last is no news", async () => {
    const { ask } = openPage(devices);
    const answer = await ask("/api/attention");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const told: unknown = await answer.json();
    expect(told).toEqual({ version: "1.2.3", isLive: true, devices: 10, silent: 2, faulty: 1, unknown: 2 });
    expect(parseAttention(told)).toEqual(told);
  });

  it("counts only what the viewer was granted", async () => {
    const { ask } = openPage(devices);
    const grant = { devices: { silent: { access: "view" as const }, cooler: { access: "control" as const } } };
    const told = await (await ask("/api/attention", {}, { ...local, grant })).json();
    expect(told).toMatchObject({ devices: 2, silent: 1, faulty: 0, unknown: 0 });
  });
});

describe("Devices that came meanwhile are looked for", () => {
  it("whenever somebody opens the home, its compact pages, or the page of their homes", async () => {
    const { ask, searches } = openPage();
    for (const path of ["/", "/c/", "/api/attention"]) await ask(path);
    expect(searches.count).toBe(3);
  });

  it("and waited for by the page itself, where the home is set so; not by a question how the home is", async () => {
    const { ask, searches } = openPage();
    const { promise, resolve } = Promise.withResolvers<void>();
    searches.wait = promise;
    const told: string[] = [];
    const asked = ["/", "/c/"].map((path) => ask(path).then(() => told.push(path)));
    await ask("/api/attention").then(() => told.push("/api/attention"));
    expect(told).toEqual(["/api/attention"]);
    resolve();
    await Promise.all(asked);
    expect(told).toHaveLength(3);
  });

  it("for nothing else, and not for who was granted nothing now", async () => {
    const { ask, searches } = openPage();
    for (const path of ["/devices/lamp", "/api/home", "/c/d/lamp", "/nothing"]) await ask(path);
    const window = { until: "2020-01-01T00:00:00Z" };
    await ask("/", {}, { ...local, grant: { devices: { "*": { access: "control" } }, window } });
    expect(searches.count).toBe(0);
  });
});
