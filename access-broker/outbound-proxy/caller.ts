/** Who asks the proxy: one door says it by a program's password, another by the home's link; there is never a second source. */

import type { IncomingMessage } from "node:http";
import type { AccessNumber } from "../../gateway-core/contract/access-number.ts";

export interface Caller {
  readonly number: AccessNumber;
  /** The person whose program it is; null where the link says no more than which home. */
  readonly user: string | null;
  readonly source: string;
  /** The same for all that the same credential opened from the same place. */
  readonly mark: string;
  /** Whether what was shown is still good: asked again while something is open. */
  mayStill(): Promise<boolean>;
}

/** @throws from what it returns: HomeError `proxy-login-required`, `proxy-request-invalid`, `too-many-attempts` */
export type Identify = (incoming: IncomingMessage) => Promise<Caller>;
