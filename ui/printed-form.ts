/** What a printed form asks of a device: the gateway's page works without script, and the script reads its forms (gateway-core/page/html-widget.ts). */

import type { DeviceId } from "../gateway-core/contract/device.ts";
import type { Json } from "../gateway-core/contract/json.ts";
import { askField, decodeAsk, fieldValue } from "../gateway-core/contract/page-form.ts";

export interface Asked {
  readonly device: DeviceId;
  /** Of the property or action. */
  readonly name: string;
  readonly value: Json;
}

/** Undefined for a form that asks nothing of a device. */
export function readPrintedForm({ target, submitter }: SubmitEvent): Asked | undefined {
  if (!(target instanceof HTMLFormElement)) return undefined;
  // A key may be an action in a property's form.
  const path = submitter?.getAttribute("formaction") ?? target.getAttribute("action") ?? "";
  const [, device, name] = /(?:^|\/)api\/devices\/([^/]+)\/(?:properties|actions)\/([^/]+)$/.exec(path) ?? [];
  if (device === undefined || name === undefined) return undefined;
  const form = new FormData(target, submitter);
  // A button that says it all has the value last (contract/page-form.ts).
  const value = form.get("value") ?? decodeAsk(String(form.get(askField) ?? "")).value;
  return { device, name: decodeURIComponent(name), value: typeof value === "string" ? fieldValue(value) : null };
}
