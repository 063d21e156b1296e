/** Reads the packet that an MQTT client begins with (MQTT 3.1.1 §3.1), before any engine sees it. Pure. */

import { HomeError } from "../contract/errors.ts";
import { ByteReader } from "./byte-reader.ts";
import { connectOctets } from "./mqtt-frames.ts";

/** A CONNECT of MQTT 3.1.1. What is no UTF-8 in its texts is U+FFFD. */
export interface MqttConnect {
  readonly clientId: string;
  readonly isClean: boolean;
  readonly hasWill: boolean;
  /** Seconds; 0: none. */
  readonly keepalive: number;
  readonly username?: string;
  readonly password?: Uint8Array;
}

/** Bits of the connect flags (§3.1.2.3). */
const flag = { reserved: 0x01, clean: 0x02, will: 0x04, willQos: 0x18, willRetain: 0x20, password: 0x40, user: 0x80 };

/**
 * Reads one whole packet. Undefined: a CONNECT of another protocol or version than MQTT 3.1.1, read no further.
 * @throws HomeError `frame-malformed`, `frame-too-long`
 */
export function decodeConnect(packet: Uint8Array): MqttConnect | undefined {
  const length = connectOctets(packet);
  if (length !== packet.length) throw malformed("its length is not the one it declares");
  const reader = new ByteReader(packet.subarray(headerOctets(packet)));
  const protocol = readText(reader);
  const level = reader.uint(1);
  if (protocol !== "MQTT" || level !== 4) return undefined;
  const flags = reader.uint(1);
  const has = (bits: number): boolean => (flags & bits) !== 0;
  const isOdd =
    has(flag.reserved) ||
    (flags & flag.willQos) === flag.willQos ||
    (!has(flag.will) && has(flag.willQos | flag.willRetain)) ||
    (!has(flag.user) && has(flag.password));
  if (isOdd) throw malformed("its flags contradict each other");
  const keepalive = reader.uint(2);
  const clientId = readText(reader);
  const hasWill = has(flag.will);
  // Topic and message.
  if (hasWill) for (const _ of [1, 2]) readField(reader);
  const username = has(flag.user) ? { username: readText(reader) } : {};
  const password = has(flag.password) ? { password: readField(reader) } : {};
  if (reader.remaining > 0) throw malformed("something follows its last field");
  return { clientId, isClean: has(flag.clean), hasWill, keepalive, ...username, ...password };
}

/** One octet of type, and the length up to its last octet, which has no high bit (§2.2.3). */
const headerOctets = (packet: Uint8Array): number => packet.findIndex((octet, at) => at > 0 && octet < 0x80) + 1;

const readField = (reader: ByteReader): Uint8Array => reader.octets(reader.uint(2));
const readText = (reader: ByteReader): string =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(readField(reader));

const malformed = (why: string): HomeError => new HomeError("frame-malformed", `the CONNECT packet: ${why}`);
