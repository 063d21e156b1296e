import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HomeError } from "../gateway-core/contract/errors.ts";
import { parseHomeEvent, parseLinkEvent, parseTranslationEvent } from "../gateway-core/parse-message.ts";

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
