/** Certificates that browsers know, from files: read anew when the files change, without a restart; a bad new pair leaves the one before in place. */

import { createHash, createPrivateKey, X509Certificate } from "node:crypto";
import { type FSWatcher, readFileSync, statSync, watch } from "node:fs";
import { dirname } from "node:path";
import { createSecureContext, type SecureContext } from "node:tls";
import type { Clock, Log, Timer } from "../../gateway-core/contract/clock.ts";
import { HomeError } from "../../gateway-core/contract/errors.ts";

/** Certificate and key are written one after the other: both are awaited. */
const settleMs = 500;
/** Where changes are not told (some network file systems) they are looked for. */
const lookMs = 60_000;

export interface CertificateFile {
  /** A host name, `*.name` for every name right below it, or `*` for all that nothing else names. */
  readonly name: string;
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateFiles extends Disposable {
  /** Undefined: no file is for that name. */
  contextFor(name: string): SecureContext | undefined;
  /** When the first of them ends: milliseconds since 1970. */
  readonly expiresAt: number;
  /** Reads them anew now, without waiting to be told that they have changed. */
  reload(): void;
}

interface Loaded {
  readonly file: CertificateFile;
  /** Tells one content from another without being one. */
  readonly mark: string;
  readonly context: SecureContext;
  readonly expiresAt: number;
}

/** @throws HomeError `settings-invalid` when a pair cannot be used at the start. */
export function openCertificateFiles(
  files: readonly CertificateFile[],
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): CertificateFiles {
  const loaded = new Map<string, Loaded>();
  /** What was refused, so that it is said once. */
  const refused = new Map<string, string>();
  for (const file of files) loaded.set(file.name, load(file, clock.now()));

  function reload(): void {
    for (const file of files) {
      const mark = markOf(file);
      if (mark === loaded.get(file.name)?.mark || mark === refused.get(file.name)) continue;
      try {
        const { context, expiresAt } = load(file, clock.now());
        loaded.set(file.name, { file, mark, context, expiresAt });
        refused.delete(file.name);
        log.write("info", "certificate-read", { name: file.name, until: new Date(expiresAt).toISOString() });
      } catch (thrown) {
        refused.set(file.name, mark);
        const reason = thrown instanceof Error ? thrown.message : String(thrown);
        log.write("error", "certificate-unusable", { name: file.name, file: file.certificate, reason });
      }
    }
  }

  let settling: Timer | undefined;
  const onChange = (): void => {
    settling?.cancel();
    settling = clock.after(settleMs, reload);
  };
  let looking = clock.after(lookMs, look);
  function look(): void {
    looking = clock.after(lookMs, look);
    reload();
  }
  // Folders, not files: whoever renews a certificate puts a new file, or a new link, in the old one's place.
  const folders = new Set(files.flatMap(({ certificate, key }) => [dirname(certificate), dirname(key)]));
  const watchers = [...folders].flatMap((folder) => watched(folder, onChange));

  return {
    contextFor(name) {
      const above = name.slice(name.indexOf(".") + 1);
      return (loaded.get(name) ?? loaded.get(`*.${above}`) ?? loaded.get("*"))?.context;
    },
    get expiresAt() {
      return Math.min(...[...loaded.values()].map(({ expiresAt }) => expiresAt));
    },
    reload,
    [Symbol.dispose]() {
      settling?.cancel();
      looking.cancel();
      for (const watcher of watchers) watcher.close();
    },
  };
}

/** @throws HomeError `settings-invalid` */
function load(file: CertificateFile, now: number): Loaded {
  const { certificate, key } = file;
  try {
    const [cert, keyText] = [readFileSync(certificate), readFileSync(key)];
    const leaf = new X509Certificate(cert);
    if (!leaf.checkPrivateKey(createPrivateKey(keyText)))
      throw unusable(certificate, "the key is not the certificate's");
    const expiresAt = leaf.validToDate.getTime();
    if (expiresAt <= now) throw unusable(certificate, `it ended on ${leaf.validToDate.toISOString()}`);
    const context = createSecureContext({ cert, key: keyText, minVersion: "TLSv1.2" });
    return { file, mark: markOf(file), context, expiresAt };
  } catch (cause) {
    if (cause instanceof HomeError) throw cause;
    throw unusable(certificate, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

const unusable = (certificate: string, reason: string, cause?: unknown): HomeError =>
  new HomeError("settings-invalid", `the certificate ${certificate} cannot be used: ${reason}`, { reason }, cause);

function markOf({ certificate, key }: CertificateFile): string {
  const hash = createHash("sha256");
  for (const path of [certificate, key]) {
    try {
      hash.update(readFileSync(path));
    } catch {
      hash.update(String(statSync(path, { throwIfNoEntry: false })?.mtimeMs));
    }
    hash.update("\0");
  }
  return hash.digest("base64url");
}

/** A folder that cannot be watched is looked at from time to time all the same. */
function watched(folder: string, onChange: () => void): FSWatcher[] {
  try {
    const watcher = watch(folder, { persistent: false }, onChange);
    watcher.on("error", () => watcher.close());
    return [watcher];
  } catch {
    return [];
  }
}
