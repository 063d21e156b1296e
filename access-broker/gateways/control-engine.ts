/** The MQTT engine of one home's control link: aedes 1.2 behind a thin interface. Up goes only up, down only down. */

import { Aedes, type AedesPublishPacket, type Connection, type PublishPacket } from "aedes";
import { toHomeError } from "../../gateway-core/contract/errors.ts";
import { type DownMessage, downFilter, parseUpMessage, type UpMessage } from "../../gateway-core/contract/link.ts";
import { longestPacket } from "../../gateway-core/contract/remote-link.ts";

export interface ControlEngine {
  /** Serves an admitted connection. */
  handle(socket: Connection): void;
  tell(message: DownMessage): void;
  close(): void;
}

export interface ControlEngineOptions {
  readonly onMessage: (message: UpMessage) => void;
  /** The gateway has subscribed: from now on it hears what is told. */
  readonly onHearing: () => void;
  readonly onRefused: (reason: string) => void;
}

export async function openControlEngine({
  onMessage,
  onHearing,
  onRefused,
}: ControlEngineOptions): Promise<ControlEngine> {
  const refuse = (reason: string): Error => {
    onRefused(reason);
    return new Error(reason);
  };
  const aedes = await Aedes.createBroker({
    connectTimeout: 5_000,
    drainTimeout: 10_000,
    heartbeatInterval: 10 * 60_000,
    maxTopicLevels: 16,
    // One client: nobody else could be held up, and none is.
    concurrency: 0,
    authorizePublish(client, packet, done) {
      if (client === null || !packet.topic.startsWith("up/")) return done(refuse("a publish outside up/"));
      // What the frame limit lets pass for the sake of descriptions is for them alone.
      const isTooLong = packet.topic !== "up/home" && packet.payload.length > longestPacket.other;
      if (isTooLong) return done(refuse("a message that is too long"));
      // Nothing that a gateway says outlives the connection.
      packet.retain = false;
      done(null);
    },
    authorizeSubscribe(_client, subscription, done) {
      if (subscription.topic === downFilter) return done(null, subscription);
      done(refuse("a subscription other than down/#"));
    },
    // Checked when subscribing too; once more here, as aedes delivers what a mixed SUBSCRIBE was denied (A1).
    authorizeForward: (_client, packet) => (packet.topic.startsWith("down/") ? packet : null),
    published(packet, client, done) {
      if (client !== null) hear(packet);
      done();
    },
  });

  const hear = ({ topic, payload }: AedesPublishPacket): void => {
    try {
      const message = parseUpMessage(topic, payload.toString());
      if (message !== undefined) onMessage(message);
    } catch (thrown) {
      onRefused(toHomeError(thrown).message);
    }
  };

  aedes.on("subscribe", (subscriptions) => {
    if (subscriptions.some(({ topic }) => topic === downFilter)) onHearing();
  });
  const emitter: NodeJS.EventEmitter = aedes;
  emitter.on("error", (cause) => onRefused(String(cause)));

  return {
    handle: (socket) => void aedes.handle(socket),
    tell({ topic, body }) {
      const packet: PublishPacket = {
        cmd: "publish",
        topic,
        payload: JSON.stringify(body),
        qos: 1,
        retain: false,
        dup: false,
      };
      aedes.publish(packet, () => undefined);
    },
    close: () => aedes.close(),
  };
}
