/** `genkan operator`: sets the password of the operator's page, and says who of the provider's people works at the bare host. */

import { text } from "node:stream/consumers";
import { setOperatorPassword } from "../access-broker/access-broker.ts";
import type { Arguments } from "./arguments.ts";
import { deskPeople } from "./people.ts";
import { provider } from "./provider-of.ts";
import { say } from "./say.ts";

export async function setOperator(args: Arguments): Promise<void> {
  const { hasPasswordOnStdin, isJson, language } = args;
  if (!hasPasswordOnStdin) return deskPeople(args);
  const password = (await text(process.stdin)).replace(/\r?\n$/, "");
  const { settings, host } = provider(args);
  await setOperatorPassword({ host, password });
  const { listen, port } = settings.operator;
  const told = say(language, "operator-set", { address: `${listen}:${port}` });
  process.stdout.write(`${isJson ? JSON.stringify({ listen, port }) : told}\n`);
}
