import { expect, it, vi } from "vitest";
import { openPostgresStore } from "../../../access-broker/subscriptions/postgres-store.ts";

vi.mock("pg", () => {
  throw new Error("Cannot find package 'pg'");
});

it("Without the package for PostgreSQL it is said what to install, each time, and the end of it is quiet", async () => {
  const store = openPostgresStore("postgres://u:very-secret@127.0.0.1:1/none");
  for (const ask of [() => store.listUsers(), () => store.descriptorSequence()]) {
    await expect(ask()).rejects.toMatchObject({
      code: "store-unavailable",
      message: expect.stringContaining("npm install pg"),
    });
  }
  await store[Symbol.asyncDispose]();
});
