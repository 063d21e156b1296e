/** A session that is opened by the first call: an adapter that cannot open fails whoever calls it, and nobody else. */

import type { Session } from "./contract/adapter.ts";
import { HomeError, toHomeError } from "./contract/errors.ts";
import type { SharedSession } from "./shared-session.ts";

/** Disposing of it gives the shared session back. What its adapter does not open for is `device-unavailable` with `reason`, the code of why. */
export function sessionOnDemand(protocol: string, shared: SharedSession): Session {
  let taken: Promise<Session> | undefined;
  let isOver = false;

  async function session(): Promise<Session> {
    if (isOver) throw new HomeError("device-unavailable", `the adapter ${protocol} is closed`, { protocol });
    taken ??= shared.take();
    const opening = taken;
    try {
      return await opening;
    } catch (thrown) {
      if (taken === opening) taken = undefined;
      const { code: reason, message } = toHomeError(thrown);
      const text = `the adapter ${protocol} is not open: ${message}`;
      throw new HomeError("device-unavailable", text, { protocol, reason }, thrown);
    }
  }

  return {
    async *discover(call) {
      yield* (await session()).discover(call);
    },
    async *subscribe(ref, descriptor, call) {
      yield* (await session()).subscribe(ref, descriptor, call);
    },
    describe: async (...given) => (await session()).describe(...given),
    get: async (...given) => (await session()).get(...given),
    set: async (...given) => (await session()).set(...given),
    invoke: async (...given) => (await session()).invoke(...given),
    async stream(ref, descriptor, call) {
      const open = await session();
      if (open.stream !== undefined) return open.stream(ref, descriptor, call);
      throw new HomeError("not-found", `the device ${ref.id} sends no pictures`, { device: ref.id });
    },
    async [Symbol.asyncDispose]() {
      isOver = true;
      // One that did not open is not held.
      const held = await taken?.catch(() => undefined);
      if (held !== undefined) await shared.give();
    },
  };
}
