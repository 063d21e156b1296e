/** `genkan revoke N`: a home's gateway is known no longer, whether or not the access broker runs. */

import { revokeGateway } from "../access-broker/access-broker.ts";
import { HomeError } from "../gateway-core/contract/errors.ts";
import type { Arguments } from "./arguments.ts";
import { provider } from "./provider-of.ts";
import { say } from "./say.ts";

export async function revoke(args: Arguments): Promise<void> {
  const [number = args.values.number] = args.rest;
  if (number === undefined) throw new HomeError("usage", say(args.language, "usage"));
  const certificates = await revokeGateway({ ...provider(args), number });
  const line = say(args.language, certificates === 0 ? "revoked-none" : "revoked", { number });
  process.stdout.write(`${args.isJson ? JSON.stringify({ number, certificates }) : line}\n`);
}
