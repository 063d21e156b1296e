/** Ends the connections of gateways whose certificates are over or revoked, whoever revoked them: TLS looks at a certificate only once. */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Clock, Log } from "../../gateway-core/contract/clock.ts";

/** How long a revoked gateway may still be linked. */
const everyMs = 2_000;
/** Certificates that are asked for at once. */
const slice = 1_000;

/** What a link was opened with. */
export interface LinkCertificate {
  readonly serial: string;
  readonly number: AccessNumber;
}

/** The homes of those of these serials that are good now. */
export type KnownCertificates = (serials: readonly string[]) => Promise<ReadonlyMap<string, AccessNumber>>;

export interface LinkWatch extends Disposable {
  /** Whether the certificate is good now. */
  isKnown(certificate: LinkCertificate): Promise<boolean>;
  /** Ends the connection when it is good no more. Returns how to stop watching. */
  watch(certificate: LinkCertificate, end: () => void): () => void;
}

export function createLinkWatch(clock: Clock, log: Log, known: KnownCertificates): LinkWatch {
  const watched = new Set<LinkCertificate & { readonly end: () => void }>();
  let timer = clock.after(everyMs, look);

  function look(): void {
    timer = clock.after(everyMs, look);
    // What cannot be looked up is asked for again: a store that stumbles throws no home out.
    endUnknown([...watched]).catch((cause: unknown) =>
      log.write("error", "links-not-checked", { cause: String(cause) }),
    );
  }

  async function endUnknown(all: readonly (LinkCertificate & { readonly end: () => void })[]): Promise<void> {
    for (let from = 0; from < all.length; from += slice) {
      const some = all.slice(from, from + slice);
      const homes = await known(some.map(({ serial }) => serial));
      for (const { serial, number, end } of some) if (homes.get(serial) !== number) end();
    }
  }

  return {
    isKnown: async ({ serial, number }) => (await known([serial])).get(serial) === number,
    watch(certificate, end) {
      const one = { ...certificate, end };
      watched.add(one);
      return () => void watched.delete(one);
    },
    [Symbol.dispose]: () => timer.cancel(),
  };
}
