/** Keys and the certificates that belong to them as PEM files, readable by the owner alone. The only file of this room that touches the disk. */

import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { HomeError } from "../../gateway-core/contract/errors.ts";

/**
 * The file's text; made by `make` when there is none. Two processes may ask at once: the first one's text is everybody's.
 */
export async function readOrMake(folder: string, name: string, make: () => Promise<string>): Promise<string> {
  const path = join(folder, name);
  const known = read(path);
  if (known !== undefined) return known;
  const made = await make();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.tmp`;
  const file = openSync(temporary, "w", 0o600);
  try {
    writeSync(file, made);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    linkSync(temporary, path);
  } catch (cause) {
    if (!isCode(cause, "EEXIST")) throw new HomeError("internal", `cannot write ${path}`, {}, cause);
  } finally {
    rmSync(temporary, { force: true });
  }
  return read(path) ?? made;
}

/** The PEM block with this label, such as `PRIVATE KEY`. */
export function pemBlock(text: string, label: string): string {
  const block = new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----`).exec(text)?.[0];
  if (block === undefined) throw new HomeError("internal", `a key file holds no ${label}`);
  return `${block}\n`;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (isCode(cause, "ENOENT")) return undefined;
    throw new HomeError("internal", `cannot read ${path}`, {}, cause);
  }
}

const isCode = (cause: unknown, code: string): boolean =>
  cause instanceof Error && "code" in cause && cause.code === code;
