/** What travels along the wires of the flow and between the rooms: events of the home, commands and their results. */

import type { Sighting } from "./adapter.ts";
import type { Device, DeviceId } from "./device.ts";
import type { ErrorBody } from "./errors.ts";
import type { Json, JsonObject } from "./json.ts";

/** discovery → translation. A snapshot is sent after every deploy. */
export type DiscoveryEvent =
  | { readonly type: "sightings"; readonly sightings: readonly Sighting[] }
  | { readonly type: "sighting"; readonly sighting: Sighting };

/** translation → page, local broker. A snapshot is sent after every deploy. */
export type HomeEvent =
  | { readonly type: "snapshot"; readonly devices: readonly Device[] }
  | { readonly type: "found"; readonly device: Device }
  | {
      readonly type: "changed";
      readonly device: DeviceId;
      readonly property: string;
      readonly value: Json;
      readonly at: number;
    }
  | { readonly type: "availability"; readonly device: DeviceId; readonly available: boolean; readonly at: number }
  | { readonly type: "gone"; readonly device: DeviceId }
  | {
      readonly type: "event";
      readonly device: DeviceId;
      readonly name: string;
      readonly data: Json;
      readonly at: number;
    };

export type CommandRequest =
  | { readonly kind: "property"; readonly name: string; readonly value: Json }
  | { readonly kind: "set"; readonly value: JsonObject }
  | { readonly kind: "action"; readonly name: string; readonly value: Json };

export interface Command {
  /** The same id has one effect, however often and by whichever way it comes. Given by the sender, or fresh. */
  readonly id: string;
  readonly device: DeviceId;
  readonly request: CommandRequest;
  /** Milliseconds since 1970; a command that starts later is `command-expired`. */
  readonly expires?: number;
  /** By a key that is registered at the gateway, over contract/signed-command.ts's text; only some commands need one. */
  readonly signature?: string;
}

export type CommandResult = {
  readonly id: string;
  readonly device: DeviceId;
  readonly request: CommandRequest;
} & ({ readonly ok: true; readonly value: Json } | { readonly ok: false; readonly error: ErrorBody });

/** The one place where commands of page, remote and local callers meet (devices/control). Never rejects. */
export interface Control {
  execute(command: Command): Promise<CommandResult>;
  /** Calls the listener with every result, whoever asked; returns how to stop. */
  onResult(listener: (result: CommandResult) => void): () => void;
}
