/** What a backup says of itself. Pure. */

import { HomeError } from "../../gateway-core/contract/errors.ts";
import { isJsonObject } from "../../gateway-core/contract/json.ts";

export const manifestName = "manifest.json";

export interface Manifest {
  readonly v: 1;
  /** RFC 3339. */
  readonly made: string;
  /** The provider's host name. */
  readonly host: string;
  /** `sqlite`: the database file itself; `rows`: its rows as lines of JSON. */
  readonly store: "sqlite" | "rows";
  readonly files: readonly { readonly name: string; readonly size: number; readonly sha256: string }[];
}

/** Names of files in a backup: nothing leads out of the folder that it is unpacked into. */
export const isPackedName = (name: string): boolean =>
  /^(?:access-broker\/(?:authority\/)?)?[a-z0-9][a-z0-9_-]*(?:\.[a-z0-9_-]+)*$/.test(name) && name.length <= 100;

/** @throws HomeError `backup-invalid` */
export function parseManifest(input: unknown): Manifest {
  if (isJsonObject(input)) {
    const { v, made, host, store, files } = input;
    const isKind = store === "sqlite" || store === "rows";
    if (v === 1 && typeof made === "string" && typeof host === "string" && isKind && Array.isArray(files)) {
      return { v, made, host, store, files: files.map(parseFile) };
    }
  }
  throw new HomeError("backup-invalid", `${manifestName} is not of a form that this version reads`);
}

function parseFile(input: unknown): Manifest["files"][number] {
  if (isJsonObject(input)) {
    const { name, size, sha256 } = input;
    const isGood = typeof name === "string" && isPackedName(name) && typeof size === "number";
    if (isGood && typeof sha256 === "string" && /^[0-9a-f]{64}$/.test(sha256)) return { name, size, sha256 };
  }
  throw new HomeError("backup-invalid", `${manifestName} names a file that cannot be in a backup`);
}
