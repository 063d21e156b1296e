/**
 * Looks for an enrolment card where a provider or a person may have put one: a file beside the gateway's state, or
 * `genkan-card.json` on a medium. Only a gateway that is enrolled nowhere looks: a card on a stick replaces nothing.
 */

import { createHash } from "node:crypto";
import { lstat, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Host, Memory } from "../contract/clock.ts";
import { type ErrorCode, HomeError, toHomeError } from "../contract/errors.ts";
import { isJsonObject } from "../contract/json.ts";
import { enrol, parseCard } from "./enrol.ts";
import type { FindLocalEnd } from "./link-interface.ts";

/** The name in the gateway's memory of what is wrong with the card that was found. */
const troubleName = "card-trouble";
/** What a card on a medium is called. */
const cardName = "genkan-card.json";
const longestCard = 8 * 1024;
/** Folders of one mount root that are looked into. */
const mostFolders = 64;
/** Such a card gets no better by being tried again. */
const isFinal = (code: ErrorCode): boolean =>
  code === "card-invalid" || code === "card-used" || code === "card-expired" || code === "certificate-refused";

export interface CardPlaces {
  /** Where the connections for enrolling begin. */
  readonly from?: FindLocalEnd;
  /** Where a provider leaves a card beforehand; used up, it is deleted. Undefined: nowhere. */
  readonly file: string | undefined;
  /** Where media are mounted: the card lies there, or one or two folders below. */
  readonly folders: readonly string[];
}

/** What is wrong with the card that was found; it is kept for whoever asks what is the matter. */
export interface CardTrouble {
  readonly file: string;
  readonly code: ErrorCode;
}

/** What a running gateway last found wrong with a card; undefined when nothing is. */
export function readCardTrouble(memory: Memory): { readonly file: string; readonly code: string } | undefined {
  const kept = memory.read(troubleName);
  const { file, code } = isJsonObject(kept) ? kept : {};
  return typeof file === "string" && typeof code === "string" ? { file, code } : undefined;
}

export interface CardWatch {
  readonly trouble: CardTrouble | undefined;
  /** Looks once; what it enrols is kept in memory. True: `trouble` is another now. */
  look(): Promise<boolean>;
}

export function createCardWatch(
  host: Pick<Host, "clock" | "memory" | "log">,
  { file, folders, from }: CardPlaces,
): CardWatch {
  const { log, memory } = host;
  const refused = new Set<string>();
  const said = new Set<string>();
  let trouble: CardTrouble | undefined;

  async function use(path: string, text: string): Promise<boolean> {
    const key = `${path} ${createHash("sha256").update(text).digest("hex")}`;
    if (refused.has(key)) return false;
    try {
      const { number, broker } = await enrol(parseCard(text), host, from);
      trouble = undefined;
      log.write("info", "enrolled-by-card", { file: path, number, broker });
      if (path === file) await discard(path, rm);
      return true;
    } catch (thrown) {
      const { code, message } = toHomeError(thrown);
      trouble = { file: path, code };
      if (!said.has(`${key} ${code}`)) log.write("warn", "card-refused", { file: path, code, message });
      said.add(`${key} ${code}`);
      if (!isFinal(code)) return false;
      refused.add(key);
      if (path === file) await discard(path, (one) => rename(one, `${one}.refused`));
      return false;
    }
  }

  /** The secret is worth nothing any more; that it still lies around is told, and is no reason to fail. */
  async function discard(path: string, away: (path: string) => Promise<void>): Promise<void> {
    await away(path).catch((cause: unknown) =>
      log.write("warn", "card-not-removed", { file: path, cause: String(cause) }),
    );
  }

  return {
    get trouble() {
      return trouble;
    },
    async look() {
      const before = trouble;
      const found = [...(file === undefined ? [] : [file]), ...(await cardsIn(folders))];
      for (const path of found) {
        const text = await readCard(path);
        if (text !== undefined && (await use(path, text))) break;
      }
      if (found.length === 0) trouble = undefined;
      if (trouble?.code === before?.code && trouble?.file === before?.file) return false;
      memory.write(troubleName, trouble === undefined ? null : { ...trouble });
      return true;
    },
  };
}

/** The paths where a card may lie on media that are mounted below these folders. */
async function cardsIn(folders: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const root of folders) {
    const first = await foldersIn(root);
    const second = (await Promise.all(first.map(foldersIn))).flat();
    for (const folder of [root, ...first, ...second]) {
      const path = join(folder, cardName);
      if (await isPlainFile(path)) found.push(path);
    }
  }
  return found;
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const inner = entries.filter((entry) => entry.isDirectory()).slice(0, mostFolders);
  return inner.map(({ name }) => join(folder, name));
}

/** No link: what a medium points to is not what lies on it. */
const isPlainFile = (path: string): Promise<boolean> =>
  lstat(path).then(
    (entry) => entry.isFile() && entry.size <= longestCard,
    () => false,
  );

/** Undefined when there is none. */
async function readCard(path: string): Promise<string | undefined> {
  if (!(await isPlainFile(path))) return undefined;
  try {
    await using handle = await open(path, "r");
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(longestCard), 0, longestCard, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } catch (cause) {
    throw new HomeError("card-invalid", `the card ${path} cannot be read`, {}, cause);
  }
}
