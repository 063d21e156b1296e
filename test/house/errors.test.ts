/** The list of error codes, docs/errors.md and the codes that are thrown somewhere are the same. */

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { httpStatusOf } from "../../gateway-core/contract/errors.ts";
import { packageRoot } from "../../host/package-root.ts";

const root = packageRoot();
const codes = Object.keys(httpStatusOf);

describe("The error codes", () => {
  it("stand in docs/errors.md, each with its HTTP status, and nothing else does", () => {
    const rows = [...readFileSync(join(root, "docs", "errors.md"), "utf8").matchAll(/^\| `([a-z-]+)` \| (\d{3}) \|/gm)];
    expect(Object.fromEntries(rows.map(([, code, status]) => [code, Number(status)]))).toEqual(httpStatusOf);
  });

  it("are each used somewhere outside the list", () => {
    const sources = globSync(
      "{gateway-core,access-broker,simulated-home,device-descriptors,host,command,nodes}/**/*.ts",
      { cwd: root },
    )
      .filter((path) => !path.endsWith("contract/errors.ts"))
      .map((path) => readFileSync(join(root, path), "utf8"))
      .join("\n");
    expect(codes.filter((code) => !sources.includes(`"${code}"`))).toEqual([]);
  });

  it("are the only errors thrown", () => {
    const plain = globSync("{gateway-core,access-broker,simulated-home,host}/**/*.ts", { cwd: root }).filter((path) =>
      /throw new (Type|Range)?Error\(/.test(readFileSync(join(root, path), "utf8")),
    );
    expect(plain).toEqual([]);
  });
});
