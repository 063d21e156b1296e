/** The part of the PostgreSQL store that says which homes may use the outbound proxy, and what each wants of it. */

import type { Postgres } from "./postgres-connection.ts";
import { policyOf } from "./sqlite-proxy.ts";
import type { Store } from "./store.ts";

export function proxyQueries({ one, run }: Postgres): Pick<Store, "setProxyPolicy" | "findProxyPolicy"> {
  return {
    async setProxyPolicy(number, policy) {
      if (policy === undefined) await run("DELETE FROM proxy_homes WHERE number = $1", number);
      else {
        await run(
          `INSERT INTO proxy_homes (number, policy) VALUES ($1, $2)
           ON CONFLICT (number) DO UPDATE SET policy = excluded.policy`,
          ...[number, JSON.stringify(policy)],
        );
      }
    },
    async findProxyPolicy(number) {
      const kept = (await one("SELECT policy FROM proxy_homes WHERE number = $1", number))?.["policy"];
      return typeof kept === "string" ? policyOf(JSON.parse(kept)) : undefined;
    },
  };
}
