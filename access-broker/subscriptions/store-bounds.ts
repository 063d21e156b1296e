/** For how long and how much every store keeps. */

export const mostAuditEntries = 100_000;
/** For how long a device that nobody asks for any more stays on the worklist. */
export const wantedMs: number = 90 * 24 * 60 * 60_000;
/** As long as a gateway that was away may still renew an expired certificate (gateways/enrolment.ts). */
export const certificateMs: number = 180 * 24 * 60 * 60_000;
/** Different makes of devices that one home can have asked for in vain. */
export const mostWantedOfHome = 100;
/** Asked again within this time is no news. */
export const wantedAnewMs: number = 24 * 60 * 60_000;
