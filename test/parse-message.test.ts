import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HomeError } from "../gateway-core/contract/errors.ts";
import { parseHomeEvent, parseLinkEvent, parseTranslationEvent } from "../gateway-core/parse-message.ts";
import { shippedLamp } from "./fakes/shipped-descriptor.ts";

const refused = expect.objectContaining({ code: "flow-invalid" });
const sighting = { protocol: "echonet", ref: { id: "a", address: "127.0.0.2" }, key: { protocol: "echonet" } };

describe("A message of a wire", () => {
  it.each([
    { type: "sighting", sighting },
    { type: "sightings", sightings: [sighting] },
    { type: "sightings", sightings: [] },
  ])("is a discovery event: %j", (event) => {
    expect(parseTranslationEvent(event)).toBe(event);
  });

  it.each([
    { type: "changed", device: "a", property: "power", value: null, at: 1 },
    { type: "availability", device: "a", available: false, at: 1 },
    { type: "gone", device: "a" },
    { type: "snapshot", devices: [] },
  ])("is a home event: %j", (event) => {
    expect(parseHomeEvent(event)).toBe(event);
  });

  const key = { protocol: "echonet", eojClass: "0x0290" };
  const descriptor = JSON.parse(JSON.stringify(shippedLamp()));

  it.each([
    { type: "learned", descriptors: [descriptor] },
    { type: "learned", descriptors: [] },
    { type: "descriptor", descriptor },
    { type: "withdrawn", descriptorType: "echonet:0290" },
    { type: "asked", asked: [{ key, state: "asking" }] },
  ])("is what the provider knows of devices: $type", (event) => {
    expect(parseTranslationEvent(event)).toBe(event);
  });

  it("is a list of wanted descriptors", () => {
    const event = { type: "wanted", protocol: "echonet", wanted: [{ key, matched: 2 }] };
    expect(parseLinkEvent(event)).toBe(event);
  });

  it.each([
    { type: "descriptor", descriptor: { ...descriptor, "gk:match": [{ protocol: 1 }] } },
    { type: "descriptor", descriptor: { ...descriptor, "gk:match": [] } },
    { type: "learned", descriptors: [{}] },
    { type: "asked", asked: [{ key, state: "known" }] },
    { type: "asked", asked: [{ key: { protocol: null }, state: "asking" }] },
    { type: "wanted", protocol: "echonet", wanted: [{ key: "lamp", matched: 2 }] },
  ])("is refused when members of it are of another form: $type", (event) => {
    expect(() => parseTranslationEvent(event)).toThrow(refused);
    expect(() => parseLinkEvent(event)).toThrow(refused);
  });

  it("of the home and of the page share words at the access link: the page's bear an epoch", () => {
    const home = { type: "gone", device: "a" };
    const page = { type: "gone", device: "a", epoch: "e", seq: 1 };
    expect([parseLinkEvent(home), parseLinkEvent(page)]).toEqual([home, page]);
    expect(() => parseLinkEvent({ type: "gone", device: "a", epoch: "e" })).toThrow(refused);
    expect(() => parseLinkEvent({ type: "gone" })).toThrow(refused);
  });

  it("is a page event only with its epoch and sequence", () => {
    const event = { type: "live", isLive: true, epoch: "e", seq: 1 };
    expect(parseLinkEvent(event)).toBe(event);
    expect(() => parseLinkEvent({ ...event, seq: "1" })).toThrow(refused);
  });

  it.each([
    null,
    "on",
    {},
    { type: "toString" },
    { type: "__proto__" },
    { type: "changed", device: "a" },
    { type: "sightings", sightings: [{}] },
    { type: "found", device: { id: "a" } },
  ])("is refused by its type when it is something else: %j", (message) => {
    for (const parse of [parseTranslationEvent, parseHomeEvent, parseLinkEvent])
      expect(() => parse(message)).toThrow(refused);
  });

  it("is refused with a HomeError and no other error, whatever it is", () => {
    fc.assert(
      fc.property(fc.anything(), (message) => {
        for (const parse of [parseTranslationEvent, parseHomeEvent, parseLinkEvent]) {
          try {
            parse(message);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(HomeError);
          }
        }
      }),
    );
  });
});
