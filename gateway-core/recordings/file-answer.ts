/** A file as an answer that can be asked for in parts and saved (RFC 9110, 14; RFC 6266). */

import { type FileHandle, open } from "node:fs/promises";
import { HomeError } from "../contract/errors.ts";
import type { Recording } from "../contract/recording.ts";
import { type ByteRange, rangeOf } from "./byte-range.ts";

const pieceOctets = 262_144;
const types = { mpegts: "video/mp2t", dv: "video/x-dv", mp4: "video/mp4" } as const;

/** What files of a form are called. */
export const endings = { mpegts: "ts", dv: "dv", mp4: "mp4" } as const;

/** The file is opened by whoever reads the body, and closed when they have read or left. */
export function fileAnswer(recording: Recording, path: string, { method, headers: asked }: Request): Response {
  const { id, form, octets, startedAt } = recording;
  const lastModified = new Date(startedAt + recording.seconds * 1000).toUTCString();
  const etag = `"${id}-${octets}"`;
  const headers = new Headers({
    ...{ etag, "last-modified": lastModified, "accept-ranges": "bytes", "cache-control": "private, no-cache" },
    "content-type": types[form],
    "content-disposition": `attachment; filename="${nameOf(recording)}"`,
  });
  const range = method === "GET" ? rangeOf(asked, octets, { etag, lastModified }) : undefined;
  if (range === "unsatisfiable") {
    headers.set("content-range", `bytes */${octets}`);
    return new Response(null, { status: 416, headers });
  }
  const { first, last } = range ?? { first: 0, last: octets - 1 };
  headers.set("content-length", String(last - first + 1));
  if (range !== undefined) headers.set("content-range", `bytes ${first}-${last}/${octets}`);
  const body = method === "HEAD" ? null : bodyOf(path, { first, last });
  return new Response(body, { status: range === undefined ? 200 : 206, headers });
}

/** `2026-11-26-1905.ts`, by the clock on the gateway's wall. */
function nameOf({ startedAt, form }: Recording): string {
  const at = new Date(startedAt);
  const two = (number: number): string => String(number).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}-${two(at.getHours())}${two(at.getMinutes())}.${endings[form]}`;
}

function bodyOf(path: string, { first, last }: ByteRange): ReadableStream<Uint8Array> {
  let file: FileHandle | undefined;
  let at = first;
  const close = async (): Promise<void> => {
    const closed = file;
    file = undefined;
    await closed?.close();
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          file ??= await open(path);
          const wanted = new Uint8Array(Math.min(pieceOctets, last - at + 1));
          const { bytesRead } = await file.read(wanted, 0, wanted.length, at);
          if (bytesRead === 0) throw new HomeError("not-found", "the file is shorter than it was");
          at += bytesRead;
          controller.enqueue(wanted.subarray(0, bytesRead));
        } catch (thrown) {
          await close();
          throw thrown;
        }
        if (at <= last) return;
        await close();
        controller.close();
      },
      cancel: close,
    },
    { highWaterMark: 0 },
  );
}
