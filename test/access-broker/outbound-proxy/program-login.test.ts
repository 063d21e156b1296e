import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { createProgramLogin } from "../../../access-broker/outbound-proxy/program-login.ts";
import { HomeError } from "../../../gateway-core/contract/errors.ts";
import { FakeClock } from "../../fakes/fake-host.ts";

/** A home with one app password; `judged` counts the judgements, by source. */
function home() {
  const state: { password: string; rights: "all" | "view" | "none" } = { password: "right", rights: "all" };
  const clock = new FakeClock();
  const judged: string[] = [];
  const audited: object[] = [];
  const identify = createProgramLogin({
    clock,
    programs: {
      async judge({ user, password, source }) {
        judged.push(source);
        await Promise.resolve();
        if (user !== "pc" || password !== state.password) {
          throw new HomeError("login-refused", "wrong", {}, "wrong-password");
        }
        return { credential: "c", rights: state.rights };
      },
      rightsNow: async () => state.rights,
    },
    audit: (event, number, user, source, facts) => void audited.push({ event, number, user, source, facts }),
  });
  const ask = (password = "right", source = "198.51.100.7", user = "pc") => {
    const socket = new Socket();
    Object.defineProperty(socket, "remoteAddress", { value: source });
    const incoming = new IncomingMessage(socket);
    const shown = Buffer.from(`090-1234-5678/${user}:${password}`).toString("base64");
    incoming.rawHeaders = ["Proxy-Authorization", `Basic ${shown}`];
    return identify(incoming);
  };
  return { state, clock, judged, audited, ask };
}
const isRefused = expect.objectContaining({ code: "proxy-login-required" });

describe("A program's login", () => {
  it("is judged once, however often it asks, at once or one after another, until ten minutes are over", async () => {
    const { ask, judged, clock } = home();
    await Promise.all([ask(), ask(), ask(), ask(), ask(), ask()]);
    await ask();
    expect(judged).toHaveLength(1);
    await clock.advance(10 * 60_000);
    await ask();
    expect(judged).toHaveLength(2);
  });

  it("is judged anew from elsewhere, and what was refused each time; the audit knows why", async () => {
    const { ask, judged, audited } = home();
    await ask();
    await ask("right", "198.51.100.8");
    expect(judged).toEqual(["198.51.100.7", "198.51.100.8"]);
    for (let n = 0; n < 2; n++) await expect(ask("wrong")).rejects.toEqual(isRefused);
    await expect(ask("right", "198.51.100.7", "nobody")).rejects.toEqual(isRefused);
    expect(judged).toHaveLength(5);
    expect(audited).toHaveLength(3);
    expect(audited[0]).toMatchObject({ event: "login-refused", facts: { reason: "wrong-password", door: "proxy" } });
  });

  it.each(["none", "view"] as const)("ends at once when the password opens %s any more", async (rights) => {
    const { ask, state } = home();
    const caller = await ask();
    expect(await caller.mayStill()).toBe(true);
    state.rights = rights;
    expect(await caller.mayStill()).toBe(false);
    await expect(ask()).rejects.toEqual(isRefused);
  });
});
