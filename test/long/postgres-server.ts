/** A real PostgreSQL of Debian in a folder of its own, reached by a unix socket alone, run by nobody. */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sleep } from "../../gateway-core/contract/clock.ts";
import { systemClock } from "../../host/system-host.ts";

const root = "/usr/lib/postgresql";
const nobody = 65_534;

/** The newest server that is installed; undefined when there is none. */
export function postgresBinaries(): string | undefined {
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const found = versions.map((version) => join(root, version, "bin")).find((bin) => existsSync(join(bin, "initdb")));
  if (found === undefined)
    process.stderr.write("\nSKIPPED: no PostgreSQL server is installed (apt-get install postgresql).\n");
  return found;
}

export interface PostgresServer extends AsyncDisposable {
  /** A fresh database. */
  database(): string;
  /** Ends the server as a crash does, and starts it again. */
  crash(): Promise<void>;
}

export async function openPostgresServer(bin: string): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), "genkan-pg-"));
  // The server refuses to run as root.
  const as = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  if ("uid" in as) chownSync(folder, nobody, nobody);
  const run = (command: string, ...args: readonly string[]): void => {
    const { status, stderr } = spawnSync(join(bin, command), args, { ...as, cwd: folder, encoding: "utf8" });
    if (status !== 0) throw new Error(`${command}: ${stderr}`);
  };
  const data = join(folder, "data");
  run("initdb", "--auth=trust", "--username=genkan", "--encoding=UTF8", "--no-sync", "-D", data);
  let server: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    server = spawn(join(bin, "postgres"), ["-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"], {
      ...as,
      cwd: folder,
      stdio: "ignore",
    });
    while (spawnSync(join(bin, "pg_isready"), ["-h", folder, "-U", "genkan"]).status !== 0)
      await sleep(systemClock, 100);
  };
  const end = (signal: NodeJS.Signals): Promise<void> =>
    new Promise((resolve) => {
      server?.once("exit", () => resolve());
      server?.kill(signal);
    });
  await start();
  let databases = 0;
  return {
    database() {
      const name = `genkan_${databases++}`;
      run("createdb", "-h", folder, "-U", "genkan", name);
      return `postgres://genkan@localhost/${name}?host=${encodeURIComponent(folder)}`;
    },
    async crash() {
      await end("SIGQUIT");
      await start();
    },
    async [Symbol.asyncDispose]() {
      await end("SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
