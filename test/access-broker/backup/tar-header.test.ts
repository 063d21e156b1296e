import fc from "fast-check";
import { expect, it } from "vitest";
import { decodeTarHeader, encodeTarHeader, paddingOf } from "../../../access-broker/backup/tar-header.ts";
import { HomeError } from "../../../gateway-core/contract/errors.ts";

const names = fc.stringMatching(/^[a-z0-9][a-z0-9._/-]{0,90}$/);
const sizes = fc.oneof(fc.nat(), fc.integer({ min: 0, max: 2 ** 50 }));

it("A header is read back as it was written, of files beyond 8 GiB too", () => {
  fc.assert(
    fc.property(names, sizes, (name, size) => {
      expect(decodeTarHeader(encodeTarHeader({ name, size }))).toEqual({ name, size });
      expect((size + paddingOf(size)) % 512).toBe(0);
    }),
  );
});

it("Any cut or flipped header is a HomeError, never another error and never another file", () => {
  fc.assert(
    fc.property(names, sizes, fc.nat(511), fc.integer({ min: 1, max: 255 }), (name, size, at, flip) => {
      const header = encodeTarHeader({ name, size });
      header[at] = (header[at] ?? 0) ^ flip;
      for (const damaged of [header, header.subarray(0, at)]) {
        try {
          expect(decodeTarHeader(damaged)).toBeOneOf([undefined, { name, size }]);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(HomeError);
        }
      }
    }),
  );
});

it("Zeros are the end", () => {
  expect(decodeTarHeader(new Uint8Array(512))).toBeUndefined();
});
