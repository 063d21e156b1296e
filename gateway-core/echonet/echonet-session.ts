/** An open session of the adapter: joins wire, own node, discovery and devices behind the port (contract/adapter.ts Session). */

import type { Call, DeviceRef, Session, Sighting } from "../contract/adapter.ts";
import type { Host } from "../contract/clock.ts";
import { HomeError } from "../contract/errors.ts";
import { createMailbox } from "../contract/mailbox.ts";
import type { DeviceObject } from "./device-object.ts";
import { createDiscovery } from "./discovery.ts";
import type { EchonetSettings } from "./echonet-settings.ts";
import type { Frame } from "./frame.ts";
import { gatherWrites } from "./gather-writes.ts";
import { getProperties } from "./get-properties.ts";
import { invokeAction } from "./invoke-action.ts";
import { openMapCache } from "./map-cache.ts";
import { createMessenger } from "./messenger.ts";
import { narrowDescriptor } from "./narrow-descriptor.ts";
import { openNodeBook } from "./node-book.ts";
import { ownIdentification } from "./own-identification.ts";
import { createOwnNode } from "./own-node.ts";
import { createTranslation } from "./property-translation.ts";
import { setProperties } from "./set-properties.ts";
import { createTransactions } from "./transactions.ts";
import type { Transport } from "./transport.ts";
import { createWarnOnce } from "./warn-once.ts";
import { watchObject } from "./watch-object.ts";

/** Announces the own node and starts to look for others. The session owns the transport from now on. */
export function startEchonetSession(transport: Transport, settings: EchonetSettings, host: Host): Session {
  const { clock, log } = host;
  const memory = gatherWrites(host);
  const closing = new AbortController();
  const warnOnce = createWarnOnce(log);
  const ownNode = createOwnNode(ownIdentification({ ids: host.ids, memory }));
  const messenger = createMessenger(transport, host, receive);
  const transactions = createTransactions(messenger, clock, transport.pace);
  const discovery = createDiscovery({
    host,
    messenger,
    transactions,
    book: openNodeBook(memory, log),
    maps: openMapCache(memory),
    rediscoverMs: settings.rediscoverMs,
    warnOnce,
    signal: closing.signal,
  });

  function receive(from: string, frame: Frame): void {
    const answer = ownNode.answer(frame);
    if (answer !== undefined) messenger.send(answer, from);
    discovery.receive(from, frame);
    transactions.receive(from, frame);
  }

  function objectOf({ id }: DeviceRef): DeviceObject {
    const object = discovery.object(id);
    if (object === undefined) throw new HomeError("unknown-device", `no device ${id} was found`, { device: id });
    return object;
  }

  const untilClosed = ({ signal }: Call): AbortSignal => AbortSignal.any([signal, closing.signal]);

  const announce = (): void => messenger.multicast(ownNode.announcement(messenger.freshTid()));
  announce();
  discovery.start();
  transport.onReach(() => {
    announce();
    discovery.lookAround();
  });

  return {
    async *discover(call) {
      const mailbox = createMailbox<Sighting>(untilClosed(call));
      const stop = discovery.follow((sighting) => mailbox.put(sighting));
      if (call.active) discovery.probe();
      try {
        yield* mailbox;
      } finally {
        stop();
      }
    },

    async describe(ref, model, call) {
      const maps = await objectOf(ref).readMaps({ priority: "get", signal: untilClosed(call) });
      return narrowDescriptor(model, maps, (name, error) =>
        warnOnce("bind-unreadable", `${ref.id} ${name}`, { device: ref.id, name, error: error.toBody() }),
      );
    },

    async get(ref, descriptor, properties, call) {
      const object = objectOf(ref);
      const translation = createTranslation(object, descriptor, warnOnce);
      return getProperties(object, translation, properties, untilClosed(call));
    },

    async set(ref, descriptor, values, call) {
      const object = objectOf(ref);
      const translation = createTranslation(object, descriptor, warnOnce);
      return setProperties({ object, descriptor, translation, values, clock, signal: untilClosed(call) });
    },

    async *subscribe(ref, descriptor, call) {
      const object = objectOf(ref);
      const translation = createTranslation(object, descriptor, warnOnce);
      yield* watchObject({ object, translation, clock, ...settings, signal: untilClosed(call) });
    },

    async invoke(ref, descriptor, action, input, call) {
      return invokeAction(objectOf(ref), descriptor, action, input, untilClosed(call));
    },

    async [Symbol.asyncDispose]() {
      closing.abort(new HomeError("device-unavailable", "the ECHONET Lite session is closed"));
      memory.flush();
      await transport[Symbol.asyncDispose]();
    },
  };
}
