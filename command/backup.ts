/** `genkan backup FILE` and `genkan restore FILE`: all that a provider must not lose, in one file. */

import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { backUp, restore } from "../access-broker/access-broker.ts";
import { HomeError } from "../gateway-core/contract/errors.ts";
import type { Arguments } from "./arguments.ts";
import { provider } from "./provider-of.ts";
import { say } from "./say.ts";
import { lockState } from "./start-lock.ts";

async function taskOf(args: Arguments) {
  const [file] = args.rest;
  if (file === undefined) throw new HomeError("usage", say(args.language, "usage"));
  const passphrase = args.hasPassphraseOnStdin ? (await text(process.stdin)).replace(/\r?\n$/, "") : undefined;
  if (passphrase === "") throw new HomeError("usage", "the passphrase on standard input is empty");
  return { ...provider(args), file: resolve(file), passphrase, settingsFile: join(args.folder, "settings.json") };
}

export async function makeBackup(args: Arguments): Promise<void> {
  const { file, ...task } = await taskOf(args);
  const { made, store, files } = await backUp({ ...task, file });
  print(
    args,
    { file, made, store, files: files.length },
    say(args.language, "backed-up", { file, count: files.length }),
  );
}

export async function restoreBackup(args: Arguments): Promise<void> {
  const { file, ...task } = await taskOf(args);
  // Nothing runs on this state meanwhile, and nothing starts.
  using _lock = lockState(args.folder, args.language, "access-broker.pid");
  const { made, host, store } = await restore({ ...task, file, isForced: args.isForced });
  print(args, { file, made, host, store }, say(args.language, "restored", { file, made, host }));
}

const print = (args: Arguments, value: object, line: string): void =>
  void process.stdout.write(`${args.isJson ? JSON.stringify(value) : line}\n`);
