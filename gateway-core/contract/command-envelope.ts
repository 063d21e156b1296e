/** What may stand around the value of a command, by MQTT and HTTP alike: `{"$id", "$expires", "$signature", "value"}` (docs/interfaces.md). */

import { HomeError } from "./errors.ts";
import { instantOf } from "./instant.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";

const marks = ["$id", "$expires", "$signature"] as const;
const idShape = /^[\x21-\x7e]{1,128}$/;
/** Printable ASCII and line ends: an armored signature of OpenSSH, or `FINGERPRINT.SIGNATURE`. */
const signatureShape = /^[\x20-\x7e\r\n]{1,2048}$/;

export interface Envelope {
  readonly id?: string;
  /** Milliseconds since 1970. */
  readonly expires?: number;
  readonly signature?: string;
  readonly value: Json;
}

/** The content as it is when nothing stands around it. `isValueOptional`: of an action. @throws HomeError `command-invalid` */
export function unwrapCommand(content: Json, isValueOptional: boolean): Envelope {
  if (!isJsonObject(content) || !marks.some((mark) => Object.hasOwn(content, mark))) return { value: content };
  const { $id: _id, $expires: _expires, $signature: _signature, value, ...others } = content;
  const [other] = Object.keys(others);
  if (other !== undefined) throw invalid(`"${other}" beside $id and $expires: put it in value`);
  if (value === undefined && !isValueOptional) throw invalid("the command holds no value");
  return { ...readId(content), ...readExpires(content), ...readSignature(content), value: value ?? null };
}

/** @throws HomeError `command-invalid` */
export function readId({ $id }: JsonObject): Pick<Envelope, "id"> {
  if ($id === undefined) return {};
  if (typeof $id === "string" && idShape.test($id)) return { id: $id };
  throw invalid("$id is a text of 1 to 128 visible ASCII characters");
}

function readExpires({ $expires }: JsonObject): Pick<Envelope, "expires"> {
  if ($expires === undefined) return {};
  const expires = instantOf($expires);
  if (expires !== undefined) return { expires };
  throw invalid("$expires is a time of RFC 3339");
}

function readSignature({ $signature }: JsonObject): Pick<Envelope, "signature"> {
  if ($signature === undefined) return {};
  if (typeof $signature === "string" && signatureShape.test($signature)) return { signature: $signature };
  throw invalid("$signature is a text of 1 to 2048 ASCII characters");
}

const invalid = (message: string): HomeError => new HomeError("command-invalid", message);
