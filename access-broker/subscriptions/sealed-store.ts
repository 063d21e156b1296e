/** A store whose authenticator secrets nobody reads who has the database alone: they are sealed on their way in and opened on their way out. */

import type { JsonObject } from "../../gateway-core/contract/json.ts";
import type { SubscribedHome } from "./people-store.ts";
import type { Credential, Store } from "./store.ts";

/** What this room asks of the key. */
export interface Seal {
  seal(text: string, about: string): string;
  open(sealed: string, about: string): string;
}

/** What can be worked out of what is stored: only of an authenticator app that is a secret to be kept as it is. */
const kind = "totp";

type Place = Pick<Credential, "number" | "user" | "kind" | "id">;

const placeOf = ({ number, user, kind: of, id }: Place): string => JSON.stringify([number, user, of, id]);

export function sealStore(store: Store, key: () => Promise<Seal>): Store {
  const opened = async (credential: Credential): Promise<Credential> => {
    const { sealed, ...rest } = credential.facts;
    if (typeof sealed !== "string") return credential;
    return { ...credential, facts: { ...rest, secret: (await key()).open(sealed, placeOf(credential)) } };
  };
  const openedIfThere = async (found: Credential | undefined) => found && opened(found);

  return {
    ...store,
    async addCredential(credential) {
      const facts = credential.kind === kind ? sealedFacts(credential, await key()) : undefined;
      return store.addCredential(facts === undefined ? credential : { ...credential, facts });
    },
    async putHomes(homes) {
      const seal = await key();
      await store.putHomes(homes.map((home) => sealedHome(home, seal)));
    },
    findCredential: async (...about) => openedIfThere(await store.findCredential(...about)),
    findCredentialAnywhere: async (...about) => openedIfThere(await store.findCredentialAnywhere(...about)),
    listCredentialsAnywhere: async (...about) =>
      Promise.all((await store.listCredentialsAnywhere(...about)).map(opened)),
    listCredentials: async (...about) => Promise.all((await store.listCredentials(...about)).map(opened)),
  };
}

/** Seals what an earlier version wrote in clear; how many secrets there were. */
export async function sealOldSecrets(store: Store, key: () => Promise<Seal>): Promise<number> {
  const seal = await key();
  return store.rewriteCredentials(kind, (credential) => sealedFacts(credential, seal));
}

function sealedHome({ people, ...home }: SubscribedHome, seal: Seal): SubscribedHome {
  const { number } = home;
  const sealed = people.map(({ credentials, ...person }) => ({
    ...person,
    credentials: credentials.map((one) => {
      const facts = one.kind === kind ? sealedFacts({ ...one, number, user: person.user }, seal) : undefined;
      return facts === undefined ? one : { ...one, facts };
    }),
  }));
  return { ...home, people: sealed };
}

function sealedFacts(credential: Pick<Credential, "facts"> & Place, seal: Seal): JsonObject | undefined {
  const { secret, ...rest } = credential.facts;
  return typeof secret === "string" ? { ...rest, sealed: seal.seal(secret, placeOf(credential)) } : undefined;
}
