/** Recordings in a folder of their own, of decks whose streams a test feeds. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { AvSource } from "../../gateway-core/contract/stream.ts";
import { type ClipJob, type KeptRecordings, openRecordings } from "../../gateway-core/recordings/recordings.ts";
import { fakeHost } from "../fakes/fake-host.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "genkan-recordings-"));
  folders.push(folder);
  return folder;
}

/** Packets that are told apart by their content. */
export const packets = (count: number): Buffer => {
  const octets = Buffer.alloc(count * 188);
  for (let at = 0; at < octets.length; at++) octets[at] = at % 188 === 0 ? 0x47 : at & 0xff;
  return octets;
};

/** A deck whose stream the test feeds. */
function deck() {
  const waiting: (Uint8Array | HomeError)[] = [];
  const isClosed = { value: false };
  let wake = (): void => undefined;
  async function* read() {
    for (;;) {
      const next = waiting.shift();
      if (next instanceof HomeError) throw next;
      if (next !== undefined) yield next;
      else if (isClosed.value) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  }
  const source: AvSource = {
    form: "mpegts",
    octets: read(),
    evidence: () => ({ format: "mpeg2-ts", lostDataBlocks: 3 }),
    async [Symbol.asyncDispose]() {
      isClosed.value = true;
      wake();
    },
  };
  const send = (what: Uint8Array | HomeError): void => {
    waiting.push(what);
    wake();
  };
  const isRead = (): boolean => waiting.length === 0;
  return { source, send, isRead, isClosed };
}

type Over = Partial<Parameters<typeof openRecordings>[0]>;

export async function open(folder = newFolder(), over: Over = {}) {
  const host = fakeHost();
  const decks: ReturnType<typeof deck>[] = [];
  const jobs: ClipJob[] = [];
  const recordings = await openRecordings({
    ...{ host, folder, mostOctets: 10_000_000 },
    async source() {
      const made = deck();
      decks.push(made);
      return made.source;
    },
    async convert(job) {
      jobs.push(job);
      job.onProgress({ part: 0.5, speed: 12, remainingSeconds: 3 });
      writeFileSync(job.output, "an mp4");
    },
    ...over,
  });
  return { folder, host, recordings, decks, jobs };
}
export const answerOf = async (
  recordings: KeptRecordings,
  id: string,
  headers: Record<string, string> = {},
  method = "GET",
) => recordings.answer(id, new Request("http://x.example/", { method, headers }));
export const octetsOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());
export const code = (promise: Promise<unknown>) =>
  promise.then(
    () => "done",
    (thrown: unknown) =>
      thrown instanceof HomeError ? [thrown.code, thrown.details["reason"]].join(" ").trim() : String(thrown),
  );
