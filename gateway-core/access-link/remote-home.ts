/** Tells the home's topics to the access broker for as long as it wants them (docs/interfaces.md, remote MQTT): the newest of each, a bounded number under way. Events outlive the link, what else passes does not. */

import type { Log } from "../contract/clock.ts";
import type { RemoteCommand, RemoteDown, RemoteUp } from "../contract/remote-link.ts";
import { longestDescription, longestHomePayload, longestPacket, mayBeLong } from "../contract/remote-link.ts";
import { isEventTopic } from "../contract/topics.ts";
import type { EventJournal, KeptEvent } from "./event-journal.ts";

type Tell = (message: RemoteUp, heard?: (isHeard: boolean) => void) => void;

export interface RemoteHome {
  /** What speaks to the broker; undefined when nothing does. Nobody wants anything yet. */
  setLine(tell: Tell | undefined): void;
  hear(message: RemoteDown): void;
  /** What the local broker publishes too. */
  publish(topic: string, payload: string, isRetained: boolean): void;
}

interface Waiting {
  readonly message: RemoteUp;
  /** An event that is kept until the broker has it. */
  readonly event?: KeptEvent;
}

/** Messages that the broker has not confirmed; what comes meanwhile waits, and of a retained topic only the newest. */
const mostUnderWay = 32;
/** Results that wait; those beyond are lost, as MQTT keeps them for nobody. */
const mostPassing = 100;
/** Octets that stand around a payload in a packet of the link. */
const roundOctets = 4 * 1024;

/** `journal`: where events wait that the broker does not have yet. */
export function createRemoteHome(
  log: Log,
  onCommand: (command: RemoteCommand) => void,
  journal?: EventJournal,
): RemoteHome {
  const retained = new Map<string, string>();
  /** By topic where it is retained, so that news takes the place of what it makes old. */
  const waiting = new Map<string, Waiting>();
  const tooLong = new Set<string>();
  let line: { readonly tell: Tell } | undefined;
  let isWanted = false;
  let underWay = 0;
  let passing = 0;
  let count = 0;

  function send(): void {
    for (const [key, { message, event }] of waiting) {
      if (line === undefined || underWay >= mostUnderWay) return;
      waiting.delete(key);
      if (key.startsWith("#")) passing--;
      underWay++;
      const own = line;
      own.tell(message, (isHeard) => {
        if (isHeard && event !== undefined) journal?.remove(event.id);
        // What was under way on a line before is counted no more.
        if (own !== line) return;
        underWay--;
        send();
      });
    }
  }

  function forget(): void {
    waiting.clear();
    passing = 0;
  }

  function enter(topic: string, payload: string, isRetained: boolean): void {
    if (!isRetained && passing >= mostPassing) return;
    if (!isRetained) passing++;
    const message: RemoteUp = { topic: "up/home", body: { topic, payload, isRetained } };
    waiting.set(isRetained ? topic : `#${count++}`, { message });
  }

  function enterEvent(event: KeptEvent): void {
    const { id, topic, payload } = event;
    waiting.set(`!${id}`, { message: { topic: "up/home", body: { topic, payload, isRetained: false } }, event });
  }

  function tellAll(): void {
    forget();
    waiting.set("first", { message: { topic: "up/snapshot", body: { end: "first" } } });
    for (const [topic, payload] of retained) enter(topic, payload, true);
    waiting.set("last", { message: { topic: "up/snapshot", body: { end: "last" } } });
    for (const event of journal?.list() ?? []) enterEvent(event);
    send();
  }

  return {
    setLine(tell) {
      line = tell && { tell };
      isWanted = false;
      underWay = 0;
      forget();
    },
    hear(message) {
      if (message.topic === "down/command") return onCommand(message.body);
      isWanted = message.body.isWanted;
      journal?.setWanted(isWanted);
      if (isWanted) tellAll();
      else forget();
    },
    publish(topic, payload, isRetained) {
      if (!fits(topic, payload, isRetained)) {
        if (!tooLong.has(topic)) log.write("warn", "remote-topic-too-long", { topic, length: payload.length });
        tooLong.add(topic);
        return;
      }
      if (isRetained && payload === "") retained.delete(topic);
      else if (isRetained) retained.set(topic, payload);
      const isKept = journal?.isWanted === true && !isRetained && isEventTopic(topic);
      const event = isKept ? journal.add(topic, payload) : undefined;
      if (!isWanted) return;
      if (event === undefined) enter(topic, payload, isRetained);
      else enterEvent(event);
      send();
    },
  };
}

function fits(topic: string, payload: string, isRetained: boolean): boolean {
  const isLong = mayBeLong(topic, isRetained);
  const packet = isLong ? longestPacket.description : longestPacket.other;
  const isShort = payload.length <= (isLong ? longestDescription : longestHomePayload);
  return isShort && Buffer.byteLength(JSON.stringify(payload)) <= packet - roundOctets;
}
