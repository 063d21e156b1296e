import { expect } from "vitest";
import { HomeError } from "../../gateway-core/contract/errors.ts";

/** What an action throws; undefined when it does not. */
export function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (thrown) {
    return thrown;
  }
  return undefined;
}

/** Octets either mean something or are refused by a HomeError that says where; nothing else may come out. */
export function expectReadOrRefused(read: () => unknown): void {
  const thrown = thrownBy(read);
  if (thrown === undefined) return;
  expect(thrown).toBeInstanceOf(HomeError);
  const { code, details } = thrown as HomeError;
  expect(["frame-malformed", "value-invalid"]).toContain(code);
  expect(details["offset"]).toEqual(expect.any(Number));
}
