/** Whatever people do, right or wrong, no secret of theirs stands in the log, the audit or the figures. */

import { expect, it } from "vitest";
import { invitePerson, issueCard, setOperatorPassword, subscribe } from "../../access-broker/access-broker.ts";
import { enrol } from "../../gateway-core/access-link/enrol.ts";
import { openRemoteRig } from "../attacks/remote-rig.ts";
import { bareHost, number, password, realHost, user } from "./rig.ts";

it("The log, the audit and the figures hold no secret of all that were used", async () => {
  await using remote = await openRemoteRig();
  const { rig } = remote;
  const secrets = new Set<string>([password, remote.app]);
  const secret = <T extends string>(value: T): T => {
    expect(value.length).toBeGreaterThan(5);
    secrets.add(value);
    return value;
  };

  // Logins that are good, wrong, one-time, and by app password; a new password.
  const cookie = secret(await rig.logIn());
  secret(cookie.split("=")[1] ?? "");
  await rig.ask("/login", { form: { user, password: secret("a wrong guess of mine") } });
  const oneTime = secret("one time only please");
  await subscribe({ ...rig.provider, number, user: "taro", password: oneTime, isOneTime: true });
  const first = await rig.ask("/login", { form: { user: "taro", password: oneTime } });
  const taro = secret((first.headers["set-cookie"]?.[0] ?? "").split(";")[0] ?? "");
  const chosen = secret("chosen by taro himself");
  expect((await rig.ask("/password", { headers: { cookie: taro }, form: { password: chosen } })).status).toBe(303);

  // An authenticator app and recovery codes.
  const setUp = JSON.parse((await rig.ask("/account/totp", { headers: { cookie }, json: {} })).text);
  secret(setUp.secret);
  secret(setUp.ticket);
  const renewed = JSON.parse((await rig.ask("/account/recovery", { headers: { cookie }, json: {} })).text);
  for (const code of renewed.codes) secret(code);

  // Programs by MQTT, with the right app password and a wrong one.
  await remote.client();
  const stranger = await remote
    .client({ password: secret("no-app-password-at-all") })
    .catch((thrown: unknown) => thrown);
  expect(stranger).toBeInstanceOf(Error);

  // An invitation that is taken up, and one that is none.
  const invitation = await invitePerson({ ...rig.provider, number, user: "jiro" });
  const invited = await rig.ask("/invitation", { form: { secret: secret(invitation.secret) } });
  expect(invited.status).toBe(303);
  secret((invited.headers["set-cookie"]?.[0] ?? "").split(";")[0] ?? "");
  await rig.ask("/invitation", { form: { secret: secret("no invitation of this home") } });

  // A card that is used, used again, and one that is forged.
  const card = await issueCard({ ...rig.provider, number: "090-8765-4321" }).catch(() =>
    issueCard({ ...rig.provider, number }),
  );
  secret(card.token);
  const registration = await enrol(card, realHost());
  secret(registration.key.split("\n")[1] ?? "");
  await expect(enrol(card, realHost())).rejects.toMatchObject({ code: "card-used" });
  const forged = { ...card, token: secret("0123456789abcdef0123456789abcdef") };
  await expect(enrol(forged, realHost())).rejects.toBeDefined();

  // The operator, and what no door takes.
  const operator = secret("lantern river stone");
  await setOperatorPassword({ ...rig.provider, password: operator });
  for (const told of [operator, secret("no operator at all")]) {
    const authorization = `Basic ${secret(Buffer.from(`operator:${told}`).toString("base64"))}`;
    await fetch(`${rig.operator}/`, { headers: { authorization } });
  }
  await rig.ask(`/nowhere?token=${secret("in-the-query-string")}`, { name: bareHost });
  await rig.ask("/login", { body: secret("%%% no form at all"), headers: { cookie } });

  const log = rig.provider.host.log.lines;
  // The gateway whose certificate gave way to the new one comes back, and is refused.
  await expect.poll(() => log.length, { timeout: 10_000 }).toBeGreaterThan(0);
  const told = JSON.stringify([log, await rig.audit(), await (await fetch(`${rig.operator}/metrics`)).text()]);
  expect(told).toContain("login-refused");
  expect(told).toContain("enrolment-refused");
  for (const one of secrets) expect(told).not.toContain(one);
});
