import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRig, type Rig } from "./rig.ts";

describe("A viewer and a home", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await openRig();
  });
  afterAll(async () => {
    await rig?.[Symbol.asyncDispose]();
  });

  it("meet over both links", async () => {
    await using _home = await rig.join(async (request, viewer) =>
      Response.json({ url: request.url, method: request.method, viewer, body: await request.text() }),
    );
    const cookie = await rig.logIn();
    expect(cookie).toMatch(/^__Host-genkan=/);
    const answer = await rig.ask("/api/home?x=1", { headers: { cookie } });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toMatchObject({
      url: `https://${rig.authority()}/api/home?x=1`,
      viewer: { name: "hanako", from: "remote" },
    });
  });
});
