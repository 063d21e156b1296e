import { describe, expect, it } from "vitest";
import { publishRefusal, subscribeRefusal } from "../../gateway-core/local-broker/topic-rules.ts";

describe("the topic rules", () => {
  it.each([
    "home/devices/lamp-1/set",
    "home/devices/lamp-1/properties/power/set",
    "home/devices/lamp-1/actions/blink",
    "home/devices/lamp-1/appearance/set",
    "homes/1/x",
    "homework",
    "zigbee2mqtt/lamp/set",
    "/home/status",
  ])("let a client publish %s", (topic) => expect(publishRefusal(topic)).toBeUndefined());

  it.each([
    "home",
    "home/status",
    "home/devices",
    "home/devices/lamp-1/properties/power",
    "home/devices/lamp-1/properties/power/set/more",
    "home/devices/LAMP/set",
    "home/devices/lamp-1/result",
    "home/devices/lamp-1/appearance",
    "home/devices/lamp-1/appearance/set/more",
    "home/devices//set",
    "home/",
    "$SYS/x",
    "$share/g/x",
    "",
    "a/#",
    "a/+/b",
    "a\0b",
    "a\ufffdb",
  ])("refuse %j to a client", (topic) => expect(publishRefusal(topic)).toMatch(/./));

  it("let a client subscribe whatever does not begin with $", () => {
    for (const filter of ["#", "+/#", "home/#", "a/$b"]) expect(subscribeRefusal(filter)).toBeUndefined();
    for (const filter of ["$SYS/#", "$share/g/home/#", "$"]) expect(subscribeRefusal(filter)).toMatch(/./);
  });
});
