/** What a person wants of the devices, kept apart from what they report until they confirm it, or the time is over. */

import { isSameJson, type Json } from "../gateway-core/contract/json.ts";
import type { PageDevice, PageEvent } from "../gateway-core/contract/page.ts";
import { isGuarded } from "../gateway-core/contract/page-look.ts";
import type { LiveDevices } from "./live-devices.ts";

/** `sent` shows nothing yet, `pending` pulses, `slow` is said in words; `failed` shows what the device reports, and why. */
export type Phase = "sent" | "pending" | "slow" | "failed";

export interface Wish {
  readonly name: string;
  readonly target: Json;
  readonly phase: Phase;
  /** With `failed`. */
  readonly code?: string;
}

export type Wishes = ReadonlyMap<string, Wish>;

const pendingMs = 400;
const slowMs = 2_000;
/** How much longer than the gateway the browser waits: its own answer says more. */
const graceMs = 3_000;
const actionSettleMs = 10_000;
const noWishes: Wishes = new Map();

interface Attempt {
  readonly timers: ReturnType<typeof setTimeout>[];
  /** Of the gateway's answer while the device takes its time. */
  commandId?: string;
}

export class Commands {
  readonly #live: LiveDevices;
  readonly #changed: (device: string) => void;
  readonly #wishes = new Map<string, Wishes>();
  readonly #attempts = new Map<string, Attempt>();

  /** `changed` is told of which device there is another wish, or one less. */
  constructor(live: LiveDevices, changed: (device: string) => void) {
    this.#live = live;
    this.#changed = changed;
  }

  /** Stays the same object until something changes. */
  of(device: string): Wishes {
    return this.#wishes.get(device) ?? noWishes;
  }

  /** Shows the target at once and sends it after `delayMs`, in which a newer one may replace it (steppers). */
  send(device: PageDevice, name: string, target: Json, delayMs = 0): void {
    const attempt = this.#begin(device.id, name);
    const advance = (phase: Phase) => () => this.#set(device.id, { name, target, phase });
    const settleMs = settleOf(device, name) + graceMs;
    const put = (): void => void this.#put(device, name, target, attempt);
    if (delayMs === 0) put();
    else attempt.timers.push(setTimeout(put, delayMs));
    attempt.timers.push(
      setTimeout(advance("pending"), delayMs + pendingMs),
      setTimeout(advance("slow"), delayMs + slowMs),
      setTimeout(() => this.#fail(device.id, name, "device-silent"), delayMs + settleMs),
    );
    this.#set(device.id, { name, target, phase: "sent" });
  }

  retry(device: PageDevice, { name, target }: Wish): void {
    this.send(device, name, target);
  }

  /** What the gateway tells may confirm a wish, or end it. */
  receive(event: PageEvent): void {
    if (event.type === "change") {
      const wish = this.of(event.device).get(event.property);
      const isOver = wish !== undefined && (wish.phase === "failed" || isSameJson(wish.target, event.value));
      if (isOver) this.#end(event.device, event.property);
    } else if (event.type === "result") {
      const { id, device, request } = event.result;
      if (request.kind === "set" || this.#attempts.get(keyOf(device, request.name))?.commandId !== id) return;
      if (event.result.ok) this.#confirm(device, request.name, request.kind === "action" ? null : event.result.value);
      else this.#fail(device, request.name, event.result.error.code);
    }
  }

  async #put(device: PageDevice, name: string, target: Json, attempt: Attempt): Promise<void> {
    const isAction = device.widgets[name]?.widget === "action";
    const path = `api/devices/${device.id}/${isAction ? "actions" : "properties"}/${encodeURIComponent(name)}`;
    const isCurrent = (): boolean => this.#attempts.get(keyOf(device.id, name)) === attempt;
    try {
      const response = await fetch(path, {
        method: isAction ? "POST" : "PUT",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(target),
      });
      const body: Answer = await response.json().catch(() => ({}));
      if (!isCurrent()) return;
      if (response.status === 401) location.reload();
      else if (response.status === 202) attempt.commandId = body.id ?? "";
      else if (response.ok) this.#confirm(device.id, name, isAction ? null : (body.value ?? null));
      else if (body.code === "command-superseded") this.#end(device.id, name);
      else this.#fail(device.id, name, body.code ?? "other");
    } catch {
      if (isCurrent()) this.#fail(device.id, name, "device-silent");
    }
  }

  /** `value` is what the device then reports; null where that is nothing. */
  #confirm(device: string, name: string, value: Json): void {
    this.#end(device, name);
    if (value !== null) this.#live.learn(device, name, value);
  }

  #fail(device: string, name: string, code: string): void {
    const wish = this.of(device).get(name);
    this.#end(device, name);
    if (wish !== undefined) this.#set(device, { ...wish, phase: "failed", code });
  }

  #begin(device: string, name: string): Attempt {
    this.#stop(device, name);
    const attempt: Attempt = { timers: [] };
    this.#attempts.set(keyOf(device, name), attempt);
    return attempt;
  }

  #stop(device: string, name: string): void {
    const key = keyOf(device, name);
    for (const timer of this.#attempts.get(key)?.timers ?? []) clearTimeout(timer);
    this.#attempts.delete(key);
  }

  #end(device: string, name: string): void {
    this.#stop(device, name);
    const wishes = new Map(this.of(device));
    wishes.delete(name);
    this.#wishes.set(device, wishes);
    this.#changed(device);
  }

  #set(device: string, wish: Wish): void {
    this.#wishes.set(device, new Map(this.of(device)).set(wish.name, wish));
    this.#changed(device);
  }
}

interface Answer {
  readonly value?: Json;
  readonly id?: string;
  readonly code?: string;
}

/** The device as the person wants it, where that is still possible. A lock and a deck say what they are, and not what they should be. */
export function asWished(device: PageDevice, wishes: Wishes): PageDevice {
  const isShown = ({ phase, name }: Wish): boolean => {
    const widget = device.widgets[name];
    const isStrict = widget !== undefined && (widget.widget === "transport" || isGuarded(widget));
    return phase !== "failed" && name in device.values && !isStrict;
  };
  const targets = [...wishes.values()].filter(isShown);
  if (targets.length === 0) return device;
  const values = Object.fromEntries(targets.map(({ name, target }) => [name, { value: target, at: Date.now() }]));
  return { ...device, values: { ...device.values, ...values } };
}

function settleOf(device: PageDevice, name: string): number {
  const widget = device.widgets[name];
  return widget !== undefined && "settleMs" in widget ? widget.settleMs : actionSettleMs;
}

const keyOf = (device: string, name: string): string => `${device} ${name}`;
