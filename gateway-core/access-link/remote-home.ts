/** Tells the home's topics to the access broker for as long as it wants them (docs/interfaces.md, remote MQTT): the newest of each, a bounded number under way. */

import type { Log } from "../contract/clock.ts";
import type { RemoteCommand, RemoteDown, RemoteUp } from "../contract/remote-link.ts";
import { longestHomePayload } from "../contract/remote-link.ts";

type Tell = (message: RemoteUp, heard?: () => void) => void;

export interface RemoteHome {
  /** What speaks to the broker; undefined when nothing does. Nobody wants anything yet. */
  setLine(tell: Tell | undefined): void;
  hear(message: RemoteDown): void;
  /** What the local broker publishes too. */
  publish(topic: string, payload: string, isRetained: boolean): void;
}

/** Messages that the broker has not confirmed; what comes meanwhile waits, and of a retained topic only the newest. */
const mostUnderWay = 32;
/** Events and results that wait; those beyond are lost, as MQTT keeps them for nobody. */
const mostPassing = 100;
/** Octets in a packet of the link, less what stands around the payload. */
const longestEscaped = 60 * 1024;

export function createRemoteHome(log: Log, onCommand: (command: RemoteCommand) => void): RemoteHome {
  const retained = new Map<string, string>();
  /** By topic where it is retained, so that news takes the place of what it makes old. */
  const waiting = new Map<string, RemoteUp>();
  const tooLong = new Set<string>();
  let line: { readonly tell: Tell } | undefined;
  let isWanted = false;
  let underWay = 0;
  let passing = 0;
  let count = 0;

  function send(): void {
    for (const [key, message] of waiting) {
      if (line === undefined || underWay >= mostUnderWay) return;
      waiting.delete(key);
      if (key.startsWith("#")) passing--;
      underWay++;
      const own = line;
      own.tell(message, () => {
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
    waiting.set(isRetained ? topic : `#${count++}`, { topic: "up/home", body: { topic, payload, isRetained } });
  }

  function tellAll(): void {
    forget();
    waiting.set("first", { topic: "up/snapshot", body: { end: "first" } });
    for (const [topic, payload] of retained) enter(topic, payload, true);
    waiting.set("last", { topic: "up/snapshot", body: { end: "last" } });
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
      if (isWanted) tellAll();
      else forget();
    },
    publish(topic, payload, isRetained) {
      if (payload.length > longestHomePayload || Buffer.byteLength(JSON.stringify(payload)) > longestEscaped) {
        if (!tooLong.has(topic)) log.write("warn", "remote-topic-too-long", { topic, length: payload.length });
        tooLong.add(topic);
        return;
      }
      if (isRetained && payload === "") retained.delete(topic);
      else if (isRetained) retained.set(topic, payload);
      if (!isWanted) return;
      enter(topic, payload, isRetained);
      send();
    },
  };
}
