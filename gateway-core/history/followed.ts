/** The devices of the home as their history follows them: a track for each property that has one (`gk:history`). */

import type { Branch, DataSchema } from "../contract/descriptor.ts";
import type { Device, DeviceId } from "../contract/device.ts";
import type { Json } from "../contract/json.ts";
import type { HomeEvent } from "../contract/messages.ts";
import { createMeasuredTrack } from "./measured-track.ts";
import { createTotalTrack } from "./total-track.ts";
import type { Reading, Track } from "./track.ts";

export interface Followed {
  readonly device: DeviceId;
  readonly property: string;
  readonly track: Track;
}

export interface FollowedHome {
  receive(event: HomeEvent): void;
  find(device: DeviceId, property: string): Track | undefined;
  /** Those of devices that went, too, until they are forgotten. */
  list(): readonly Followed[];
  /** Devices that went, and of whom all is written. */
  forgetGone(): void;
}

/** `readingOf`: what was known of a counter before this gateway began. */
export function followHome(
  readingOf: (device: DeviceId, property: string) => Reading | undefined,
  now: () => number,
): FollowedHome {
  const devices = new Map<DeviceId, Map<string, Track>>();
  const gone = new Set<DeviceId>();

  /** Tracks go on where the device is only described anew. */
  function meet({ id, descriptor, values, available, availabilityAt }: Device): void {
    const tracks = devices.get(id) ?? new Map<string, Track>();
    devices.set(id, tracks);
    gone.delete(id);
    for (const [name, property] of Object.entries(descriptor.properties)) {
      const history = property["gk:history"];
      if (history === undefined || history === false) continue;
      const known = tracks.get(name);
      const track = known ?? newTrack(history, readingOf(id, name), endOf(property));
      tracks.set(name, track);
      const { value, at } = values[name] ?? { value: null, at: 0 };
      const since = value === null ? now() : at;
      if (known === undefined || value === null) track.tell(numberOf(value), since);
      // Of what is followed already all that was said of it was heard.
      track.setAvailable(available, known === undefined ? Math.max(since, availabilityAt) : now());
    }
  }

  function leave(id: DeviceId): void {
    for (const track of devices.get(id)?.values() ?? []) track.setAvailable(false, now());
    gone.add(id);
  }

  return {
    receive(event) {
      switch (event.type) {
        case "snapshot": {
          const told = new Set(event.devices.map(({ id }) => id));
          for (const device of event.devices) meet(device);
          for (const id of devices.keys()) if (!told.has(id)) leave(id);
          return;
        }
        case "found":
          return meet(event.device);
        case "changed":
          return devices.get(event.device)?.get(event.property)?.tell(numberOf(event.value), event.at);
        case "availability":
          for (const track of devices.get(event.device)?.values() ?? []) {
            track.setAvailable(event.available, event.at);
          }
          return;
        case "gone":
          return leave(event.device);
        case "event":
          return; // What happens in a moment has no curve.
      }
    },
    find: (device, property) => devices.get(device)?.get(property),
    list: () =>
      [...devices].flatMap(([device, tracks]) => [...tracks].map(([property, track]) => ({ device, property, track }))),
    forgetGone() {
      for (const id of gone) devices.delete(id);
      gone.clear();
    },
  };
}

const newTrack = (history: true | "total", known: Reading | undefined, end: number | undefined): Track =>
  history === "total" ? createTotalTrack(known, end) : createMeasuredTrack();

/** A word in a number's place ("no data") is no number. */
const numberOf = (value: Json): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;

/** What a counter shows last, plus one step. */
function endOf({ oneOf = [], ...plain }: DataSchema): number | undefined {
  const isEnded = ({ maximum }: Branch): boolean => maximum !== undefined;
  const { maximum, multipleOf = 0 } = [plain, ...oneOf].find(isEnded) ?? {};
  return maximum === undefined ? undefined : maximum + multipleOf;
}
