/** The one error of the house: a closed list of codes, each with the HTTP status it has at a door (docs/errors.md). */

import type { JsonObject } from "./json.ts";

export type ErrorCode =
  | "adapter-failed"
  | "adapter-refused"
  | "address-unusable"
  | "already-enrolled"
  | "already-running"
  | "backup-invalid"
  | "audit-broken"
  | "body-too-large"
  | "bus-full"
  | "caller-withheld"
  | "capture-invalid"
  | "card-expired"
  | "card-invalid"
  | "card-used"
  | "certificate-refused"
  | "command-expired"
  | "command-invalid"
  | "command-superseded"
  | "communication-method-not-allowed"
  | "conversion-failed"
  | "converter-missing"
  | "descriptor-invalid"
  | "descriptor-untrusted"
  | "device-busy"
  | "device-refused"
  | "device-silent"
  | "device-unavailable"
  | "flow-invalid"
  | "form-token-invalid"
  | "frame-malformed"
  | "frame-too-long"
  | "history-off"
  | "home-away"
  | "host-not-allowed"
  | "import-invalid"
  | "internal"
  | "invitation-invalid"
  | "link-message-invalid"
  | "login-again"
  | "login-refused"
  | "method-not-allowed"
  | "node-too-old"
  | "not-found"
  | "not-granted"
  | "not-registered-broker"
  | "origin-not-allowed"
  | "out-of-range"
  | "page-not-wired"
  | "password-change-required"
  | "password-unsuitable"
  | "proxy-login-required"
  | "proxy-quota-reached"
  | "proxy-request-invalid"
  | "proxy-target-away"
  | "proxy-target-refused"
  | "proxy-target-silent"
  | "read-only"
  | "recordings-full"
  | "recordings-unwritable"
  | "second-factor-required"
  | "session-required"
  | "settings-invalid"
  | "signature-invalid"
  | "signature-required"
  | "state-exists"
  | "store-unavailable"
  | "stream-ended"
  | "stream-quota-reached"
  | "subscription-file-invalid"
  | "too-many-attempts"
  | "too-many-streams"
  | "unknown-action"
  | "unknown-device"
  | "unknown-property"
  | "unsupported-media-type"
  | "usage"
  | "value-invalid"
  | "view-only";

/** HTTP status of each code (RFC 9110), used by the doors and proven against docs/errors.md by a house test. */
export const httpStatusOf: Readonly<Record<ErrorCode, number>> = {
  "adapter-failed": 502,
  "adapter-refused": 422,
  "address-unusable": 500,
  "already-enrolled": 409,
  "already-running": 409,
  "backup-invalid": 422,
  "audit-broken": 500,
  "body-too-large": 413,
  "bus-full": 409,
  "caller-withheld": 403,
  "capture-invalid": 422,
  "card-expired": 403,
  "card-invalid": 400,
  "card-used": 403,
  "certificate-refused": 403,
  "command-expired": 410,
  "command-invalid": 400,
  "command-superseded": 409,
  "communication-method-not-allowed": 403,
  "conversion-failed": 502,
  "converter-missing": 503,
  "descriptor-invalid": 422,
  "descriptor-untrusted": 403,
  "device-busy": 429,
  "device-refused": 409,
  "device-silent": 504,
  "device-unavailable": 503,
  "flow-invalid": 422,
  "form-token-invalid": 403,
  "frame-malformed": 400,
  "frame-too-long": 413,
  "history-off": 503,
  "home-away": 503,
  "host-not-allowed": 421,
  "import-invalid": 422,
  internal: 500,
  "invitation-invalid": 403,
  "link-message-invalid": 400,
  "login-again": 403,
  "login-refused": 401,
  "method-not-allowed": 405,
  "node-too-old": 500,
  "not-found": 404,
  "not-granted": 403,
  "not-registered-broker": 403,
  "origin-not-allowed": 403,
  "out-of-range": 422,
  "page-not-wired": 503,
  "password-change-required": 403,
  "password-unsuitable": 422,
  "proxy-login-required": 407,
  "proxy-quota-reached": 429,
  "proxy-request-invalid": 400,
  "proxy-target-away": 502,
  "proxy-target-refused": 403,
  "proxy-target-silent": 504,
  "read-only": 405,
  "recordings-full": 507,
  "recordings-unwritable": 503,
  "second-factor-required": 401,
  "session-required": 401,
  "settings-invalid": 422,
  "signature-invalid": 403,
  "signature-required": 403,
  "state-exists": 409,
  "store-unavailable": 503,
  "stream-ended": 410,
  "stream-quota-reached": 429,
  "subscription-file-invalid": 422,
  "too-many-attempts": 429,
  "too-many-streams": 429,
  "unknown-action": 404,
  "unknown-device": 404,
  "unknown-property": 404,
  "unsupported-media-type": 415,
  usage: 400,
  "value-invalid": 422,
  "view-only": 403,
};

/** What of an error crosses a door: MQTT result, problem+json (RFC 9457), node status. Details are flat beside code. */
export type ErrorBody = JsonObject & { readonly code: ErrorCode; readonly message: string };

/** Every failure that this product reports. `details` holds the values (range, offset, refused codes …). */
export class HomeError extends Error {
  override readonly name: string = "HomeError";
  readonly code: ErrorCode;
  readonly details: JsonObject;

  constructor(code: ErrorCode, message: string, details: JsonObject = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }

  toBody(): ErrorBody {
    return { ...this.details, code: this.code, message: this.message };
  }
}

/** Turns whatever was thrown into a HomeError; what is not one is `internal` and keeps its cause, never its text. */
export function toHomeError(thrown: unknown): HomeError {
  if (thrown instanceof HomeError) return thrown;
  return new HomeError("internal", "something went wrong inside the gateway", {}, thrown);
}
