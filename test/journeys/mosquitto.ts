/** Real mosquitto clients on the local broker. */

import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { until } from "./home.ts";

export interface Subscription extends Disposable {
  readonly messages: readonly { readonly topic: string; readonly payload: string; readonly isRetained: boolean }[];
  /** Waits for the last message of a topic to hold the check. */
  see(topic: string | RegExp, check: (payload: string) => boolean, timeoutMs?: number): Promise<string>;
}

/** `mosquitto_sub -t topic`, its messages kept. `words` take the place of what the address tells. */
export function subscribe(url: string, topic: string, words?: readonly string[]): Subscription {
  const { hostname, port } = new URL(url);
  const child: ChildProcess = spawn("mosquitto_sub", [
    ...(words ?? ["-h", hostname, "-p", port]),
    "-t",
    topic,
    "-q",
    "1",
    "-F",
    "%r %t %p",
  ]);
  const messages: { topic: string; payload: string; isRetained: boolean }[] = [];
  if (child.stdout === null) throw new Error("mosquitto_sub has no output");
  createInterface(child.stdout).on("line", (line) => {
    const [retained = "", name = "", ...rest] = line.split(" ");
    messages.push({ topic: name, payload: rest.join(" "), isRetained: retained === "1" });
  });
  const matches = (wanted: string | RegExp, name: string): boolean =>
    typeof wanted === "string" ? name === wanted : wanted.test(name);
  return {
    messages,
    async see(wanted, check, timeoutMs = 10_000) {
      const found = await until(
        () => {
          const last = messages.findLast(({ topic: name }) => matches(wanted, name));
          return last !== undefined && check(last.payload) ? last : undefined;
        },
        timeoutMs,
        `${wanted} on MQTT`,
      );
      return found?.payload ?? "";
    },
    [Symbol.dispose]: () => void child.kill(),
  };
}

/** `mosquitto_pub -t topic -m payload`, to its end. */
export function publish(url: string, topic: string, payload: string): Promise<void> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const args = ["-h", hostname, "-p", port, "-t", topic, "-m", payload, "-q", "1"];
    spawn("mosquitto_pub", args).on("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`mosquitto_pub: ${code}`)),
    );
  });
}
