/**
 * The folder of recordings: each is `<id>.ts`, `.dv` or `.mp4`, called `….part` until it is whole, and `<id>.json` beside
 * it says what is known of it. A name is an id that was made here, never one from outside.
 */

import { mkdir, open, readdir, readFile, rename, rm, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../contract/clock.ts";
import type { Recording } from "../contract/recording.ts";
import { onDisk } from "./disk-trouble.ts";
import { endings } from "./file-answer.ts";
import { factsOf, parseFacts } from "./recording-facts.ts";

const ownFile = /^(?<id>[A-Za-z0-9_-]{4,64})\.(?<kind>json|(?:ts|dv|mp4)(?:\.part)?|json\.new)$/;

export interface Shelf {
  /** What is whole, as it is on the disk. */
  readonly found: readonly Recording[];
  pathOf(recording: Recording): string;
  /** Where it is while it is not whole. */
  partOf(recording: Recording): string;
  /** Durable when it resolves. @throws HomeError `recordings-full`, `recordings-unwritable`, as do those below */
  note(recording: Recording): Promise<void>;
  /** Gives the file the name of one that is whole. */
  seal(recording: Recording): Promise<void>;
  discard(recording: Recording): Promise<void>;
  /** Octets that are free on the disk. */
  free(): Promise<number>;
}

/** What a gateway that broke off has left is kept where it can be played: transport streams and DV can be cut anywhere. */
export async function openShelf(folder: string, log: Log): Promise<Shelf> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const pathOf = ({ id, form }: Pick<Recording, "id" | "form">): string => join(folder, `${id}.${endings[form]}`);
  const partOf = (recording: Pick<Recording, "id" | "form">): string => `${pathOf(recording)}.part`;
  const factsPath = (id: string): string => join(folder, `${id}.json`);

  async function write(recording: Recording): Promise<void> {
    const path = factsPath(recording.id);
    await using file = await open(`${path}.new`, "w", 0o600);
    await file.writeFile(`${JSON.stringify(factsOf(recording), null, 2)}\n`);
    await file.sync();
    await rename(`${path}.new`, path);
  }
  const note = (recording: Recording): Promise<void> => onDisk(write(recording));
  const seal = (recording: Recording): Promise<void> => onDisk(rename(partOf(recording), pathOf(recording)));
  async function discard(recording: Recording): Promise<void> {
    const { id } = recording;
    const all = [pathOf(recording), partOf(recording), factsPath(id)];
    await Promise.all(all.map((path) => onDisk(rm(path, { force: true }))));
  }

  async function recovered(id: string): Promise<Recording | undefined> {
    const told = await readFacts(factsPath(id), id);
    if (told === undefined) return undefined;
    const whole = await sizeOf(pathOf(told));
    // The file is the truth: what stands beside it may be older.
    if (whole !== undefined && told.state === "whole") return { ...told, octets: whole.octets };
    const part = whole ?? (told.form === "mp4" ? undefined : await sizeOf(partOf(told)));
    if (part === undefined || part.octets === 0) return undefined;
    const seconds = Math.max(0, (part.changedAt - told.startedAt) / 1000);
    const kept: Recording = { ...told, state: "whole", octets: part.octets, seconds, reason: "interrupted" };
    if (whole === undefined) await seal(kept);
    await note(kept);
    log.write("info", "recording-recovered", { id, octets: kept.octets });
    return kept;
  }

  const names = await readdir(folder);
  const ids = new Set(names.flatMap((name) => ownFile.exec(name)?.groups?.["id"] ?? []));
  const found: Recording[] = [];
  for (const id of ids) {
    const kept = await recovered(id).catch((thrown: unknown) => {
      log.write("warn", "recording-not-recovered", { id, reason: String(thrown) });
      return "later" as const;
    });
    // On a disk that takes nothing any more, what is whole can be had still, and what is not waits for better times.
    if (kept === "later") continue;
    if (kept !== undefined) found.push(kept);
    const needed = kept === undefined ? [] : [`${id}.json`, `${id}.${endings[kept.form]}`];
    const rest = names.filter((name) => ownFile.exec(name)?.groups?.["id"] === id && !needed.includes(name));
    for (const name of rest) await rm(join(folder, name), { force: true }).catch(() => undefined);
  }
  return {
    ...{ found, pathOf, partOf, note, seal, discard },
    async free() {
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    },
  };
}

async function readFacts(path: string, id: string): Promise<Recording | undefined> {
  try {
    return parseFacts(id, JSON.parse(await readFile(path, "utf8")));
  } catch {
    return undefined;
  }
}

async function sizeOf(path: string): Promise<{ readonly octets: number; readonly changedAt: number } | undefined> {
  const facts = await stat(path).catch(() => undefined);
  return facts && { octets: facts.size, changedAt: facts.mtimeMs };
}
