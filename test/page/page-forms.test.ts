import { describe, expect, it } from "vitest";
import { local, openPage } from "./open-page.ts";

const lampPower = "/api/devices/lamp/properties/power";
const html = { accept: "text/html", "accept-language": "ja,en;q=0.5" };

async function problem(response: Response): Promise<[number, unknown]> {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const body: { code?: unknown } = await response.json();
  return [response.status, body.code];
}

describe("A form", () => {
  const form = (fields: Record<string, string>, headers: Record<string, string> = {}): RequestInit => ({
    method: "POST",
    body: new URLSearchParams(fields).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
  });
  const tokenOf = async (page: ReturnType<typeof openPage>, viewer = local): Promise<string> => {
    const text = await (await page.ask("/", { headers: html }, viewer)).text();
    return /name="token" value="([^"]+)"/.exec(text)?.[1] ?? "";
  };
  const outcome = async (response: Promise<Response>) => {
    const { status, headers } = await response;
    return [status, headers.get("location")];
  };

  it("does what its script would, and leads back to where it stood", async () => {
    const page = openPage();
    const token = await tokenOf(page);
    expect(await outcome(page.ask(lampPower, form({ token, from: "home", value: "false" })))).toEqual([
      303,
      "../../../../?result=done",
    ]);
    expect(await outcome(page.ask(lampPower, form({ token, from: "device", value: "false" })))).toEqual([
      303,
      "../../../../devices/lamp?result=done",
    ]);
    expect(page.control.asked[0]).toMatchObject({ request: { kind: "property", name: "power", value: false } });
    expect(await (await page.ask("/?result=done", { headers: html })).text()).toContain("完了しました。");
  });

  it("says all in its one button where it stands in a tile: token, place, and a value with spaces in it", async () => {
    const page = openPage();
    const printed = await (await page.ask("/", { headers: html })).text();
    const [, ask = ""] = /properties\/power"><button[^>]* name="ask" value="([^"]+)"/.exec(printed) ?? [];
    expect(await outcome(page.ask(lampPower, form({ ask })))).toEqual([303, "../../../../?result=done"]);
    const [token = ""] = ask.split(" ");
    expect(await outcome(page.ask(lampPower, form({ ask: `${token} wall ["a b"]` })))).toEqual([
      303,
      "../../../../?kiosk=1&result=done",
    ]);
    for (const forged of ["x home true", token, ""]) {
      expect(await outcome(page.ask(lampPower, form({ ask: forged })))).toEqual([
        303,
        "../../../../?result=form-token-invalid",
      ]);
    }
    expect(page.control.asked.map(({ request }) => request)).toMatchObject([{ value: false }, { value: ["a b"] }]);
  });

  it("takes times of day as they are, and actions", async () => {
    const page = openPage();
    const token = await tokenOf(page);
    await page.ask("/api/devices/cooler/properties/timeOfOnTimer", form({ token, value: "07:30" }));
    await page.ask("/api/devices/cooler/actions/go", form({ token, value: "null" }));
    expect(page.control.asked.map(({ request }) => request)).toEqual([
      { kind: "property", name: "timeOfOnTimer", value: "07:30" },
      { kind: "action", name: "go", value: null },
    ]);
  });

  it("says that it was sent when the device takes its time, and why it failed", async () => {
    const page = openPage();
    const token = await tokenOf(page);
    page.control.answer = undefined;
    const waiting = page.ask(lampPower, form({ token, value: "true" }));
    await page.host.clock.advance(2_000);
    expect(await outcome(waiting)).toEqual([303, "../../../../?result=sent"]);
    page.control.answer = { ok: false, error: { code: "device-silent", message: "" } };
    expect(await outcome(page.ask(lampPower, form({ token, value: "true" })))).toEqual([
      303,
      "../../../../?result=device-silent",
    ]);
    expect(await (await page.ask("/?result=device-silent", { headers: html })).text()).toContain("応答がありません");
  });

  it.each(["", "wrong", "x".repeat(43)])("is refused with the token '%s'", async (token) => {
    const page = openPage();
    expect(await outcome(page.ask(lampPower, form({ token, value: "true" })))).toEqual([
      303,
      "../../../../?result=form-token-invalid",
    ]);
    expect(page.control.asked).toEqual([]);
  });

  it("is refused with another session's token, and from another site", async () => {
    const page = openPage();
    const token = await tokenOf(page, { ...local, session: "s2" });
    expect(await outcome(page.ask(lampPower, form({ token, value: "1" })))).toEqual([
      303,
      expect.stringMatching(/token-invalid$/),
    ]);
    const own = await tokenOf(page);
    const foreign = page.ask(lampPower, form({ token: own, value: "1" }, { origin: "http://evil.example" }));
    expect(await outcome(foreign)).toEqual([303, expect.stringMatching(/origin-not-allowed$/)]);
    expect(page.control.asked).toEqual([]);
  });

  it("is not what JSON is sent as", async () => {
    const headers = { "content-type": "application/json" };
    const response = await openPage().ask(lampPower, { method: "POST", body: "true", headers });
    expect(await problem(response)).toEqual([415, "unsupported-media-type"]);
  });

  it("cannot break out of the answer by a device's name", async () => {
    const page = openPage();
    const path = "/api/devices/%0d%0aset-cookie:x/properties/power";
    const token = await tokenOf(page);
    const location = await outcome(page.ask(path, form({ token, from: "device", value: "1" })));
    expect(location).toEqual([303, "../../../../devices/%0D%0Aset-cookie%3Ax?result=done"]);
  });
});
