/** A program on a terminal, as a person has it: keys go in, the screen is read. tmux is the terminal. */

import { execFileSync, spawnSync } from "node:child_process";
import { until } from "../journeys/home.ts";

export interface TerminalScreen extends Disposable {
  /** Keys by tmux's names (Enter, Down, C-u), or texts that are typed as they are. */
  press(...keys: readonly string[]): void;
  type(text: string): void;
  read(): string;
  /** Waits until the screen has this. */
  sees(wanted: string | RegExp): Promise<string>;
}

const patienceMs = 60_000;

export function openTerminal(command: readonly string[], environment: NodeJS.ProcessEnv): TerminalScreen {
  const socket = `genkan-${process.pid}-${Date.now()}`;
  const tmux = (...args: readonly string[]): string =>
    execFileSync("tmux", ["-L", socket, "-f", "/dev/null", ...args], { encoding: "utf8", env: environment });
  tmux("-u", "new-session", "-d", "-s", "screen", "-x", "100", "-y", "48", ...command);
  const read = (): string => tmux("capture-pane", "-p", "-t", "screen");
  return {
    read,
    press: (...keys) => void tmux("send-keys", "-t", "screen", ...keys),
    type: (text) => void tmux("send-keys", "-t", "screen", "-l", text),
    sees: (wanted) =>
      until(
        () => {
          const screen = read();
          return (typeof wanted === "string" ? screen.includes(wanted) : wanted.test(screen)) && screen;
        },
        patienceMs,
        `"${wanted}" on the screen`,
      ).then(String),
    [Symbol.dispose]: () => void spawnSync("tmux", ["-L", socket, "kill-server"], { env: environment }),
  };
}
