/**
 * A program in a network namespace of its own, joined to this one by a virtual cable: what binds 0.0.0.0:3610 cannot live
 * beside another node. The gateway's end is 10.77.0.1, the other 10.77.0.2, with a default route that leads back.
 */

import { execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

export const [gatewayAddress, peerAddress] = ["10.77.0.1", "10.77.0.2"];

export interface Peer extends Disposable {
  /** Writes a line to the program. */
  tell(line: string): void;
  /** The next line that the program writes. */
  hear(): Promise<string>;
}

/** Starts a script of this folder, which says one line at once and waits for its cable then. */
export async function plugPeer(name: string): Promise<Peer> {
  const program = spawn("unshare", ["-n", process.execPath, join(import.meta.dirname, name)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
  const hear = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${name} ended`);
    return value;
  };
  await hear();
  const here = (command: string): string => {
    const [first = "", ...rest] = command.split(" ");
    return execFileSync(first, rest, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  };
  const there = (command: string): string => here(`nsenter -t ${program.pid} -n ${command}`);
  here(`ip link add home type veth peer name device netns ${program.pid}`);
  here(`ip addr add ${gatewayAddress}/24 dev home`);
  here("ip link set home up");
  there("ip link set lo up");
  there(`ip addr add ${peerAddress}/24 dev device`);
  there("ip link set device up");
  there(`ip route add default via ${gatewayAddress}`);
  // A cable that was just plugged in is not always up at once.
  await until(
    () => here("ip link show home").includes("state UP") && there("ip link show device").includes("state UP"),
  );
  return {
    tell: (line) => void program.stdin.write(`${line}\n`),
    hear,
    [Symbol.dispose]: () => void program.kill(),
  };
}

export async function until(isTrue: () => unknown): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await isTrue()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("waited for too long");
}
