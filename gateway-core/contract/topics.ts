/** The topics of the local broker (`home/…`), built and read in one place. */

import type { DeviceId } from "./device.ts";

export const homeTopics: {
  readonly status: string;
  readonly devices: string;
  description(id: DeviceId): string;
  appearance(id: DeviceId): string;
  availability(id: DeviceId): string;
  state(id: DeviceId): string;
  property(id: DeviceId, name: string): string;
  event(id: DeviceId, name: string): string;
  result(id: DeviceId): string;
} = {
  status: "home/status",
  devices: "home/devices",
  description: (id) => `home/devices/${id}/description`,
  appearance: (id) => `home/devices/${id}/appearance`,
  availability: (id) => `home/devices/${id}/availability`,
  state: (id) => `home/devices/${id}/state`,
  property: (id, name) => `home/devices/${id}/properties/${name}`,
  event: (id, name) => `home/devices/${id}/events/${name}`,
  result: (id) => `home/devices/${id}/result`,
};

/** Whether it is `home/devices/<id>/events/<name>`. */
export function isEventTopic(topic: string): boolean {
  return /^home\/devices\/[^/]+\/events\/[^/]+$/.test(topic);
}

/** Whether it is `home/devices/<id>/description`. */
export function isDescriptionTopic(topic: string): boolean {
  return /^home\/devices\/[^/]+\/description$/.test(topic);
}

/** What a topic that clients may publish asks for. */
export type CommandTopic =
  | { readonly kind: "property"; readonly device: DeviceId; readonly name: string }
  | { readonly kind: "set"; readonly device: DeviceId }
  | { readonly kind: "action"; readonly device: DeviceId; readonly name: string };

const commandTopic = /^home\/devices\/([a-z0-9-]+)\/(?:properties\/([^/+#]+)\/set|(set)|actions\/([^/+#]+))$/;

/** Reads a topic; undefined when it is not one of the three command topics. */
export function parseCommandTopic(topic: string): CommandTopic | undefined {
  const [, device, property, set, action] = commandTopic.exec(topic) ?? [];
  if (device === undefined) return undefined;
  if (property !== undefined) return { kind: "property", device, name: property };
  if (set !== undefined) return { kind: "set", device };
  return action === undefined ? undefined : { kind: "action", device, name: action };
}

const appearanceTopic = /^home\/devices\/([a-z0-9-]+)\/appearance\/set$/;

/** The device whose appearance a message on this topic changes; undefined when it is another topic. */
export function parseAppearanceTopic(topic: string): DeviceId | undefined {
  return appearanceTopic.exec(topic)?.[1];
}
