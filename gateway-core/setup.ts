/** Joins the pages on which a home is set up to the rooms that do it: the access link's enrolment, and the keys for what needs a signature. */

import type { Access } from "./access-link/access.ts";
import { enrol, parseCard } from "./access-link/enrol.ts";
import type { FindLocalEnd } from "./access-link/link-interface.ts";
import { certificateEnd, homeAddress, type Registration, readRegistration } from "./access-link/registration.ts";
import type { RegisteredKeys } from "./command-signatures/registered-keys.ts";
import type { Host } from "./contract/clock.ts";
import { HomeError } from "./contract/errors.ts";
import type { Setup } from "./page/setup-handler.ts";

export interface SetupOptions {
  readonly host: Host;
  readonly keys: RegisteredKeys;
  /** Where the connections for enrolling begin. */
  readonly from?: FindLocalEnd;
  /** The access link, while its station is open. It takes up by itself what is registered here. */
  readonly access: () => Access | undefined;
}

const viewOf = (kept: Registration) => ({
  number: kept.number,
  broker: kept.broker,
  home: homeAddress(kept),
  until: certificateEnd(kept),
});

export function createSetup({ host, keys, access, from }: SetupOptions): Setup {
  return {
    registration() {
      const { state = "unknown", trouble } = access() ?? {};
      const kept = readRegistration(host.memory);
      return {
        state,
        ...(kept === undefined ? {} : { registered: viewOf(kept) }),
        ...(trouble === undefined || state === "online" ? {} : { trouble }),
      };
    },
    async enrol(card, isReplacing) {
      if (!isReplacing && readRegistration(host.memory) !== undefined)
        throw new HomeError("already-enrolled", "this gateway is registered already");
      await enrol(parseCard(card), host, from);
    },
    keys: () => keys.list().map(({ fingerprint, label, addedAt }) => ({ fingerprint, label, addedAt })),
    addKey(text, label) {
      const { fingerprint } = keys.add(text, label);
      host.log.write("info", "command-key-added", { fingerprint, label });
    },
    removeKey(fingerprint) {
      if (keys.remove(fingerprint)) host.log.write("info", "command-key-removed", { fingerprint });
    },
  };
}
