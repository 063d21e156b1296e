/** `genkan sign`: wraps a command for a home that demands a signature, by a key that the access broker never sees. Runs on any machine. */

import { spawnSync } from "node:child_process";
import { createPrivateKey, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { HomeError } from "../gateway-core/contract/errors.ts";
import { isJson, type Json } from "../gateway-core/contract/json.ts";
import type { CommandRequest } from "../gateway-core/contract/messages.ts";
import { commandNamespace, signedText, unenrolledHome } from "../gateway-core/contract/signed-command.ts";
import { signText } from "../gateway-core/gateway.ts";
import { systemClock, systemIds } from "../host/system-host.ts";
import { type Arguments, numberOf } from "./arguments.ts";
import { say } from "./say.ts";

const goodSeconds = 60;
const longestSeconds = 300;

/** Prints the wrapped command as one line of JSON: the payload of an MQTT command topic, or the body of the request. */
export async function sign(args: Arguments): Promise<void> {
  const { device, number: home = unenrolledHome, key } = args.values;
  if (device === undefined || key === undefined) throw new HomeError("usage", say(args.language, "usage"));
  const seconds = numberOf(args, "seconds", goodSeconds);
  if (seconds > longestSeconds) throw new HomeError("usage", `--seconds takes ${longestSeconds} at most`);
  const [id, expires] = [systemIds.fresh(), systemClock.now() + Math.ceil(seconds * 1_000)];
  const request = requestOf(args);
  const signature = signWith(key, signedText({ home, device, request, id, expires }));
  const wrapped = { $id: id, $expires: new Date(expires).toISOString(), $signature: signature, value: request.value };
  process.stdout.write(`${JSON.stringify(wrapped)}\n`);
}

function requestOf({ values: { property, action, value: text }, language }: Arguments): CommandRequest {
  const value = text === undefined ? null : parse(text);
  if (action !== undefined && property === undefined) return { kind: "action", name: action, value };
  if (property !== undefined && action === undefined && text !== undefined)
    return { kind: "property", name: property, value };
  throw new HomeError("usage", say(language, "usage"));
}

function parse(text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    if (isJson(value)) return value;
  } catch {
    // Told below.
  }
  throw new HomeError("usage", `--value takes JSON, not ${text}`);
}

/** A key in PEM signs here; one of OpenSSH's own form, or one that an agent holds, by ssh-keygen. */
function signWith(file: string, text: string): string {
  const pem = readText(file);
  if (!/-----BEGIN (?:EC )?PRIVATE KEY-----/.test(pem)) return signBySsh(file, text);
  return signText(readPem(file, pem), text);
}

function signBySsh(file: string, text: string): string {
  const args = ["-Y", "sign", "-q", "-n", commandNamespace, "-f", file];
  const { status, stdout, error } = spawnSync("ssh-keygen", args, {
    input: text,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "inherit"],
  });
  if (status === 0 && stdout.includes("BEGIN SSH SIGNATURE")) return stdout.trim();
  throw new HomeError("value-invalid", `ssh-keygen cannot sign with ${file}`, { file }, error);
}

function readPem(file: string, pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new HomeError("value-invalid", `the key ${file} cannot be read`, { file }, cause);
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new HomeError("value-invalid", `the key ${file} cannot be read`, { file }, cause);
  }
}
