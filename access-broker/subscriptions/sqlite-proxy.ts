/** The part of the SQLite store that says which homes may use the outbound proxy, and what each wants of it. */

import type { StatementSync } from "node:sqlite";
import { isJsonObject } from "../../gateway-core/contract/json.ts";
import type { ProxyPolicy } from "./people-store.ts";
import type { Store } from "./store.ts";

export const proxyPolicyTable = "ALTER TABLE proxy_homes ADD COLUMN policy TEXT NOT NULL DEFAULT '{}';";

export function openProxyTable(
  sql: (text: string) => StatementSync,
): Pick<Store, "setProxyPolicy" | "findProxyPolicy"> {
  return {
    async setProxyPolicy(number, policy) {
      if (policy === undefined) sql("DELETE FROM proxy_homes WHERE number = ?").run(number);
      else {
        sql(
          `INSERT INTO proxy_homes (number, policy) VALUES (?, ?)
           ON CONFLICT DO UPDATE SET policy = excluded.policy`,
        ).run(number, JSON.stringify(policy));
      }
    },
    async findProxyPolicy(number) {
      const kept = sql("SELECT policy FROM proxy_homes WHERE number = ?").get(number)?.["policy"];
      return typeof kept === "string" ? policyOf(JSON.parse(kept)) : undefined;
    },
  };
}

/** What stands in the column. */
export function policyOf(kept: unknown): ProxyPolicy {
  const { allow, deny } = isJsonObject(kept) ? kept : {};
  const texts = (list: unknown): readonly string[] =>
    Array.isArray(list) ? list.filter((one) => typeof one === "string") : [];
  return { allow: texts(allow), deny: texts(deny) };
}
