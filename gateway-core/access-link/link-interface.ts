/** The interface that a link may be bound to, as where a line of its own leads to the provider. Looked up at each dialling: addresses come and go. */

import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { HomeError } from "../contract/errors.ts";

/** The address of this machine that a link begins at. */
export interface LocalEnd {
  readonly localAddress: string;
  readonly family: 4 | 6;
}

/** Where links begin now; undefined: wherever the system likes. @throws HomeError `home-away` while the interface has no address. */
export type FindLocalEnd = () => LocalEnd | undefined;

type Interfaces = ReturnType<typeof networkInterfaces>;

/** `wanted`: the name of an interface, or an address of this machine; undefined: any. */
export function localEndOf(wanted: string | undefined, list: () => Interfaces = networkInterfaces): FindLocalEnd {
  return () => {
    if (wanted === undefined) return undefined;
    const addresses = Object.entries(list()).flatMap(([name, all = []]) => all.map((one) => ({ name, ...one })));
    const fits = addresses.filter(({ name, address, scopeid }) =>
      isIP(wanted) === 0 ? name === wanted && !scopeid : address === wanted,
    );
    const [first] = fits.toSorted((a, b) => a.family.localeCompare(b.family));
    if (first === undefined)
      throw new HomeError("home-away", `the link is bound to ${wanted}, which has no address now`, { wanted });
    return { localAddress: first.address, family: first.family === "IPv4" ? 4 : 6 };
  };
}
