/** A task of its own: what the browser has to do before comes before, and no timer makes it wait. */

const { port1, port2 } = new MessageChannel();
const waiting: (() => void)[] = [];
port1.onmessage = () => waiting.shift()?.();

export function inNextTask(deed: () => void): void {
  waiting.push(deed);
  port2.postMessage(null);
}

/** What comes after it is done in another task than what came before. */
export const nextTask = (): Promise<void> => new Promise(inNextTask);
