/** Which homes are linked now. A newer link of a home takes the older one's place at once: never "already connected". */

import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";
import type { Clock } from "../../gateway-core/contract/clock.ts";
import type { DownMessage } from "../../gateway-core/contract/link.ts";
import type { HomeLink } from "./home-link.ts";

export interface GatewayDirectory {
  find(number: AccessNumber): HomeLink | undefined;
  /** When a home's last link went, milliseconds since 1970; undefined while it is linked, and of one not seen since this broker started. */
  awaySince(number: AccessNumber): number | undefined;
  enter(link: HomeLink): void;
  /** Whether it was still this link that stood for its home. */
  leave(link: HomeLink): boolean;
  /** Ends the link of a home, as when its certificates are no longer good. */
  cut(number: AccessNumber): void;
  cutAll(): void;
  /** Tells every home that is linked now. */
  tellAll(message: DownMessage): void;
}

export function createGatewayDirectory(clock: Pick<Clock, "now">): GatewayDirectory {
  const links = new Map<AccessNumber, HomeLink>();
  /** No more than there are homes with a certificate. */
  const away = new Map<AccessNumber, number>();
  return {
    find: (number) => links.get(number),
    awaySince: (number) => away.get(number),
    enter(link) {
      const older = links.get(link.number);
      links.set(link.number, link);
      away.delete(link.number);
      older?.close();
    },
    leave(link) {
      const isLast = links.get(link.number) === link && links.delete(link.number);
      if (isLast) away.set(link.number, clock.now());
      return isLast;
    },
    cut: (number) => links.get(number)?.close(),
    cutAll() {
      for (const link of links.values()) link.close();
    },
    tellAll(message) {
      for (const link of links.values()) link.tell(message);
    },
  };
}
