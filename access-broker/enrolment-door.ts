/** Joins enrolment to what stands around it: guessing at cards is slowed down, and each use is an entry of the audit. */

import type { AccessNumber } from "../gateway-core/contract/access-number.ts";
import type { Clock } from "../gateway-core/contract/clock.ts";
import { toHomeError } from "../gateway-core/contract/errors.ts";
import { createLockOut } from "./challenge/lock-out.ts";
import type { createEnrolment } from "./gateways/enrolment.ts";
import type { ProviderDoorOptions } from "./internet/provider-door.ts";
import type { createAuditTrail } from "./subscriptions/audit-trail.ts";

export interface EnrolmentDoorOptions {
  readonly clock: Clock;
  readonly enrolment: ReturnType<typeof createEnrolment>;
  readonly audit: ReturnType<typeof createAuditTrail>;
  /** Ends the links of a home. */
  readonly cut: (number: AccessNumber) => void;
}

export function createEnrolmentDoor({
  clock,
  enrolment,
  audit,
  cut,
}: EnrolmentDoorOptions): Pick<ProviderDoorOptions, "enrol" | "renewLate"> {
  const cards = createLockOut(clock);

  /** Counted before it is judged. */
  async function guarded<T>(subject: string, source: string, work: () => Promise<T>): Promise<T> {
    cards.attempt(subject, source);
    const done = await work().catch((thrown: unknown) => {
      audit("enrolment-refused", null, null, source, { reason: toHomeError(thrown).code });
      throw thrown;
    });
    cards.forgive(subject, source);
    return done;
  }

  return {
    async enrol(input, source) {
      const { number, answer } = await guarded("enrol", source, () => enrolment.enrol(input));
      // The certificates before are no longer known: a link that one of them opened ends.
      cut(number);
      audit("gateway-enrolled", number, null, source, {});
      return answer;
    },
    async renewLate(input, source) {
      const { number, answer } = await guarded("renew", source, () => enrolment.renewLate(input));
      audit("certificate-renewed", number, null, source, { isLate: true });
      return answer;
    },
  };
}
