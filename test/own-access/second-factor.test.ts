import { generateSync } from "otplib";
import { afterEach, describe, expect, it } from "vitest";
import { newAppSecret } from "../../gateway-core/own-access/one-time-code.ts";
import { beginFactor, type SecondFactor, useFactor } from "../../gateway-core/own-access/second-factor.ts";
import { codeOf, cookiesOf, openOwnRig, owner, password } from "./own-rig.ts";

const html = { accept: "text/html", "accept-language": "en" };
const codeAt = (secret: string, step: number): string => generateSync({ secret, epoch: step * 30 });

describe("A second factor", () => {
  const at = 1_234_567_890_000;
  const step = Math.floor(at / 30_000);
  const begin = () => {
    const secret = newAppSecret();
    const made = beginFactor(secret, codeAt(secret, step), at);
    if (made === undefined) throw new Error("the code is right");
    return { secret, ...made };
  };

  it("begins with a right code only, and takes no code twice, nor one before it", () => {
    const { secret, factor } = begin();
    expect(beginFactor(secret, "000000x", at)).toBeUndefined();
    expect(useFactor(factor, codeAt(secret, step), at)).toBeUndefined();
    expect(useFactor(factor, codeAt(secret, step - 1), at)).toBeUndefined();
    const used = useFactor(factor, ` ${codeAt(secret, step + 1).slice(0, 3)} ${codeAt(secret, step + 1).slice(3)}`, at);
    expect(used?.step).toBe(step + 1);
    expect(useFactor(used ?? factor, codeAt(secret, step + 1), at)).toBeUndefined();
  });

  it("has ten recovery codes, each good once however it is typed, kept as hashes", () => {
    const { factor, codes } = begin();
    expect(new Set(codes).size).toBe(10);
    expect(codes.every((code) => /^[0-9a-f]{6}(-[0-9a-f]{6}){3}$/.test(code))).toBe(true);
    let left: SecondFactor = factor;
    for (const code of codes) {
      const next = useFactor(left, code.toUpperCase().replaceAll("-", " "), at);
      expect(next?.recovery.length).toBe(left.recovery.length - 1);
      left = next ?? left;
      expect(useFactor(left, code, at)).toBeUndefined();
      expect(JSON.stringify(factor)).not.toContain(code);
    }
  });
});

describe("Own management with a second factor", () => {
  let opened = new AsyncDisposableStack();
  afterEach(async () => {
    await opened.disposeAsync();
    opened = new AsyncDisposableStack();
  });
  /** The owner has set one up on their account's page. */
  const ready = async () => {
    const rig = opened.use(await openOwnRig());
    await rig.setUp();
    const cookie = await rig.logIn();
    const begun = await rig.ask("/account/second", { form: { password }, cookie, headers: html });
    const secret = /<code>([A-Z2-7]{32})<\/code>/.exec(begun.text)?.[1] ?? "";
    const code = (): string => codeAt(secret, Math.floor(rig.host.clock.now() / 30_000));
    const wrong = await rig.ask("/account/second/confirm", { form: { code: "000000" }, cookie, headers: html });
    expect(wrong.text).toContain("This code is not right");
    const other = await rig.logIn();
    const told = await rig.ask("/account/second/confirm", { form: { code: code() }, cookie, headers: html });
    const recovery = [...told.text.matchAll(/<code>([0-9a-f-]{27})<\/code>/g)].map(([, one = ""]) => one);
    return { rig, cookie, other, code, recovery };
  };

  it("asks each login for a code, and tells nobody whether it was that which was wrong", async () => {
    const { rig, cookie, other, code, recovery } = await ready();
    expect(recovery.length).toBe(10);
    // What was open elsewhere had shown the password alone.
    expect((await rig.ask("/api/home", { cookie: other })).status).toBe(401);
    expect((await rig.ask("/api/home", { cookie })).status).toBe(200);
    const log = (more: Record<string, string>) => rig.ask("/login", { form: { name: owner, password, ...more } });
    const refused = await log({});
    expect([refused.status, codeOf(refused)]).toEqual([401, "login-refused"]);
    // The one that it was set up with was used already.
    expect((await log({ code: code() })).text).toBe(refused.text);
    await rig.host.clock.advance(60_000);
    expect((await log({ password: "wrong wrong wrong", code: code() })).text).toBe(refused.text);
    const good = await log({ code: code() });
    expect(good.status).toBe(303);
    expect((await rig.ask("/api/home", { cookie: cookiesOf(good) })).status).toBe(200);
    expect((await log({ code: code() })).status).toBe(401);
    await rig.restart();
    expect((await log({ code: recovery[0] ?? "" })).status).toBe(303);
    expect((await log({ code: recovery[0] ?? "" })).status).toBe(401);
  });

  it("lets nobody who knows the password try codes without end", async () => {
    const { rig } = await ready();
    let told: unknown;
    for (let tries = 0; tries < 8 && told !== "too-many-attempts"; tries++) {
      told = codeOf(await rig.ask("/login", { form: { name: owner, password, code: "000000" } }));
    }
    expect(told).toBe("too-many-attempts");
  });

  it("is set up and taken away by the password only, in both languages", async () => {
    const { rig, cookie } = await ready();
    const page = async (language: string): Promise<string> =>
      (await rig.ask("/account", { cookie, headers: { accept: "text/html", "accept-language": language } })).text;
    expect(await page("en")).toContain("10 recovery codes are left");
    expect(await page("ja")).toContain("リカバリーコードは残り10個");
    const remove = (told: string) => rig.ask("/account/second/remove", { form: { password: told }, cookie });
    expect(codeOf(await remove("wrong wrong wrong"))).toBe("login-refused");
    expect(codeOf(await rig.ask("/account/second/confirm", { form: { code: "000000" }, cookie }))).toBe(
      "value-invalid",
    );
    expect((await remove(password)).status).toBe(303);
    expect((await rig.ask("/login", { form: { name: owner, password } })).status).toBe(303);
    expect(codeOf(await rig.ask("/account/second", { form: { password: "wrong" }, cookie }))).toBe("login-refused");
  });
});
