/** What a test opens is closed when the test has finished, the last first. */

import { onTestFinished } from "vitest";

export async function use<T extends AsyncDisposable>(opening: T | Promise<T>): Promise<T> {
  const opened = await opening;
  onTestFinished(async () => opened[Symbol.asyncDispose]());
  return opened;
}
