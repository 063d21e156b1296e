import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pageWorker } from "../../gateway-core/contract/page-worker.ts";
import { codeOf, openRig, type Rig } from "./rig.ts";

describe("At a home's origin", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig();
    await rig.join(
      async () => new Response("self.onfetch = steal", { headers: { "content-type": "text/javascript" } }),
    );
  });
  afterAll(async () => {
    await rig?.[Symbol.asyncDispose]();
  });

  it("the one service worker is the access broker's own, the same at every number", async () => {
    for (const name of [undefined, "090-9.genkan.localhost"]) {
      const answer = await rig.ask("/sw.js", {
        headers: { "service-worker": "script" },
        ...(name === undefined ? {} : { name }),
      });
      expect([answer.status, answer.text]).toEqual([200, pageWorker]);
      expect(answer.headers["content-type"]).toBe("text/javascript; charset=utf-8");
      expect(answer.headers).not.toHaveProperty("service-worker-allowed");
    }
  });

  it("a home can have no other one, whatever file it offers: it would stand before the login", async () => {
    const cookie = await rig.logIn();
    for (const path of ["/worker.js", "/assets/a.js", "/sw.js?home", "/devices/lamp/pages/sw.js"]) {
      const plain = await rig.ask(path, { headers: { cookie } });
      const asWorker = await rig.ask(path, { headers: { cookie, "service-worker": "script" } });
      if (path.includes("?")) expect([plain.text, asWorker.text]).toEqual([pageWorker, pageWorker]);
      else expect([plain.text, codeOf(asWorker)]).toEqual(["self.onfetch = steal", "not-found"]);
    }
  });

  it("the browser forgets what it kept when somebody logs out", async () => {
    const cookie = await rig.logIn();
    const answer = await rig.ask("/logout", { method: "POST", headers: { cookie } });
    expect([answer.status, answer.headers["clear-site-data"]]).toEqual([303, '"cache", "storage"']);
  });
});
