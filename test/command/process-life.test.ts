import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const file = join(import.meta.dirname, "../../command/process-life.ts");
const program = `import { tellReady } from ${JSON.stringify(file)}; tellReady(true, { password: "secret" }, "text");
process.disconnect?.();`;

async function run(hasParent: boolean): Promise<{ told: unknown; printed: string }> {
  const channel = hasParent ? (["ipc"] as const) : [];
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit", ...channel],
  });
  let told: unknown;
  let printed = "";
  child.on("message", (message) => {
    told = message;
  });
  child.stdout?.on("data", (text) => {
    printed += text;
  });
  await once(child, "close");
  return { told, printed };
}

it("A second signal ends a process that is on its way down", async () => {
  const names = "untilStopped, endAtSecondSignal";
  const text = `import { ${names} } from ${JSON.stringify(file)}; const stopping = untilStopped(); console.log("up");
    await stopping; endAtSecondSignal(); console.log("down"); setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", text], { stdio: ["ignore", "pipe", "inherit"] });
  child.stdout.on("data", () => child.kill("SIGTERM"));
  expect(await once(child, "close")).toEqual([1, null]);
});

describe("A process that is ready", () => {
  it("prints it where nobody started it but a person or a program at its output", async () => {
    expect(await run(false)).toEqual({ told: undefined, printed: '{"password":"secret"}\n' });
  });

  it("tells its parent alone, for its output is a log that keeps no password", async () => {
    expect(await run(true)).toEqual({ told: { password: "secret" }, printed: "" });
  });
});
