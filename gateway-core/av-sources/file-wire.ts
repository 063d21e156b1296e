/** Reads a file piece by piece, of its beginning as of what is being written to it. */

import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { type Reason, sourceTrouble } from "./source-trouble.ts";
import type { FileWire } from "./wires.ts";

const pieceOctets = 65_536;
const reasons: { readonly [code: string]: Reason } = {
  ENOENT: "not-there",
  ENOTDIR: "not-there",
  EACCES: "not-allowed",
  EPERM: "not-allowed",
  EISDIR: "not-a-file",
};

/** @throws HomeError the file is not there, may not be read, or is none */
export async function openFile(path: string): Promise<FileWire> {
  // What is no file, such as a pipe that nobody writes to, must not hold us up.
  const file = await told(open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)));
  const look = async () => {
    const { size: octets, mtimeMs: writtenAt } = await told(file.stat());
    return { octets, writtenAt };
  };
  const isFile = await file.stat().then(
    (one) => one.isFile(),
    () => false,
  );
  if (!isFile) {
    await file.close();
    throw sourceTrouble("not-a-file");
  }
  return {
    look,
    async read(at) {
      const { buffer, bytesRead } = await told(file.read(new Uint8Array(pieceOctets), 0, pieceOctets, at));
      return buffer.subarray(0, bytesRead);
    },
    close: () => file.close(),
  };
}

async function told<T>(doing: Promise<T>): Promise<T> {
  try {
    return await doing;
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    throw sourceTrouble(reasons[code] ?? "unreadable", cause);
  }
}
