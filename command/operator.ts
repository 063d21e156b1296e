/** `genkan operator`: sets the password of the operator's page. */

import { text } from "node:stream/consumers";
import { setOperatorPassword } from "../access-broker/access-broker.ts";
import { HomeError } from "../gateway-core/contract/errors.ts";
import type { Arguments } from "./arguments.ts";
import { provider } from "./provider-of.ts";
import { say } from "./say.ts";

export async function setOperator(args: Arguments): Promise<void> {
  const { hasPasswordOnStdin, isJson, language } = args;
  if (!hasPasswordOnStdin) throw new HomeError("usage", "the password is read from --password-stdin");
  const password = (await text(process.stdin)).replace(/\r?\n$/, "");
  const { settings, host } = provider(args);
  await setOperatorPassword({ host, password });
  const { listen, port } = settings.operator;
  const told = say(language, "operator-set", { address: `${listen}:${port}` });
  process.stdout.write(`${isJson ? JSON.stringify({ listen, port }) : told}\n`);
}
