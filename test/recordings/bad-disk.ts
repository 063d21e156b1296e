/** Recordings on a disk of two megabytes that fills up, and then lets nobody write: what comes of it, as one line of JSON. */

import { execFileSync } from "node:child_process";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HomeError } from "../../gateway-core/contract/errors.ts";
import type { Recording } from "../../gateway-core/contract/recording.ts";
import type { AvSource } from "../../gateway-core/contract/stream.ts";
import { recordSource } from "../../gateway-core/recordings/recorder.ts";
import { factsOf } from "../../gateway-core/recordings/recording-facts.ts";
import { openRecordings } from "../../gateway-core/recordings/recordings.ts";
import { openShelf } from "../../gateway-core/recordings/shelf.ts";
import { fakeHost } from "../fakes/fake-host.ts";

const [, , disk = ""] = process.argv;
const folder = join(disk, "kept");
mkdirSync(folder);
const code = (doing: Promise<unknown>): Promise<string> =>
  doing.then(
    () => "done",
    (thrown: unknown) =>
      thrown instanceof HomeError ? [thrown.code, thrown.details["reason"]].join(" ").trim() : String(thrown),
  );
const sending = (count: number): AvSource => ({
  form: "mpegts",
  octets: (async function* () {
    for (let at = 0; at < count; at++) yield new Uint8Array(18_800).fill(0x47);
  })(),
  [Symbol.asyncDispose]: async () => undefined,
});

const facts = (id: string, state: Recording["state"]): Recording => ({
  ...{ id, state, device: "deck", form: "mpegts", startedAt: 0, seconds: 1, octets: 18_800 },
});
for (const [id, state, name] of [
  ["whole", "whole", "whole.ts"],
  ["half", "recording", "half.ts.part"],
] as const) {
  writeFileSync(join(folder, `${id}.json`), JSON.stringify(factsOf(facts(id, state))));
  writeFileSync(join(folder, name), new Uint8Array(18_800));
}

const path = join(disk, "filling");
const shelf = await openShelf(join(disk, "other"), { write: () => undefined });
const hasRoom = async (): Promise<boolean> => true;
const full = await code(
  recordSource({ source: sending(1_000), path, hasRoom, onPiece: () => undefined, onOctets: () => undefined }),
);
const isPartKept = statSync(path).size > 1_000_000;
const noteOnFull = await code(shelf.note(facts("noted", "whole")));

execFileSync("/bin/sh", ["-c", `mount -o remount,ro "${disk}"`]);
const noteOnReadOnly = await code(shelf.note(facts("noted", "whole")));
const host = fakeHost();
const recordings = await openRecordings({
  ...{ host, folder, mostOctets: 10_000_000 },
  source: async () => sending(1),
  convert: async () => undefined,
});
const listed = recordings.list().map(({ id }) => id);
const answer = await recordings.answer("whole", new Request("http://x.example/"));
const { byteLength: octets } = await answer.arrayBuffer();
const start = await code(recordings.start("deck"));
const remove = await code(recordings.remove("whole"));
const stillListed = recordings.list().map(({ id }) => id);
const logged = host.log.events("warn");
console.log(
  JSON.stringify({ full, isPartKept, noteOnFull, listed, octets, start, noteOnReadOnly, remove, stillListed, logged }),
);
