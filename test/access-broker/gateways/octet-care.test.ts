import { expect, it } from "vitest";
import { createOctetCare } from "../../../access-broker/gateways/octet-care.ts";

it("What came over the links is let go of each 24 MiB, whatever the pieces, and by nobody where the machine offers nothing", () => {
  let count = 0;
  const care = createOctetCare(() => count++);
  for (let octets = 0; octets < 100 * 1024 * 1024; octets += 16 * 1024) care(16 * 1024);
  expect(count).toBe(4);
  createOctetCare(undefined)(100 * 1024 * 1024);
});
