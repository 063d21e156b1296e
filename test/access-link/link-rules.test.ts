import { describe, expect, it } from "vitest";
import { localEndOf } from "../../gateway-core/access-link/link-interface.ts";
import { type LinkRules, mayPass } from "../../gateway-core/access-link/link-rules.ts";
import { createRuledControl } from "../../gateway-core/access-link/ruled-control.ts";
import type { CommandResult } from "../../gateway-core/contract/messages.ts";
import { FakeControl } from "../fakes/fake-control.ts";

const contents = ["page", "topics", "descriptors", "proxy"] as const;

describe("The rules of a link", () => {
  it.each<[string, LinkRules, readonly string[]]>([
    ["everything", [{}], contents.flatMap((content) => [`${content} out`, `${content} in`])],
    ["nothing", [], []],
    ["by direction", [{ direction: "out" }], contents.map((content) => `${content} out`)],
    [
      "by content",
      [{ content: "page" }, { content: "descriptors" }],
      ["page out", "page in", "descriptors out", "descriptors in"],
    ],
    [
      "as one set",
      [{ content: "page", direction: "out" }, { content: "topics" }],
      ["page out", "topics out", "topics in"],
    ],
  ])("let through what they name: %s", (_what, rules, wanted) => {
    const passing = contents.flatMap((content) =>
      (["out", "in"] as const).filter((way) => mayPass(rules, content, way)).map((way) => `${content} ${way}`),
    );
    expect(passing).toEqual(wanted);
  });

  it("that let no command in have each answered, and none done", async () => {
    const control = new FakeControl();
    const command = { id: "1", device: "lamp", request: { kind: "property", name: "power", value: true } } as const;
    expect(createRuledControl(control, [{ content: "topics" }])).toBe(control);
    const ruled = createRuledControl(control, [{ direction: "out" }]);
    const told: CommandResult[] = [];
    const stop = ruled.onResult((result) => told.push(result));
    expect(await ruled.execute(command)).toMatchObject({ id: "1", ok: false, error: { code: "view-only" } });
    stop();
    await ruled.execute(command);
    expect([told.length, control.asked]).toEqual([1, []]);
  });
});

describe("The interface of a link", () => {
  const address = (family: "IPv4" | "IPv6", text: string, scopeid = 0) => ({
    ...{ address: text, netmask: "", mac: "", internal: false, cidr: null },
    ...(family === "IPv4" ? { family } : { family, scopeid }),
  });
  const list = () => ({
    eth0: [address("IPv6", "fe80::1", 2), address("IPv6", "fd00::1"), address("IPv4", "10.0.0.5")],
    wwan0: [address("IPv6", "2001:db8::7")],
  });

  it("is any unless told; a name leads to its IPv4 address, else to a global one of IPv6; an address to itself", () => {
    expect(localEndOf(undefined, list)()).toBeUndefined();
    expect(localEndOf("eth0", list)()).toEqual({ localAddress: "10.0.0.5", family: 4 });
    expect(localEndOf("wwan0", list)()).toEqual({ localAddress: "2001:db8::7", family: 6 });
    expect(localEndOf("fd00::1", list)()).toEqual({ localAddress: "fd00::1", family: 6 });
  });

  it("without an address is no way out: nothing is dialled another way", () => {
    for (const wanted of ["ppp0", "10.0.0.6"])
      expect(localEndOf(wanted, list)).toThrow(expect.objectContaining({ code: "home-away" }));
    expect(localEndOf("lo")()).toMatchObject({ family: 4 });
  });
});
