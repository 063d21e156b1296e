import { describe, expect, it } from "vitest";
import { createHomesTokens, homesTokenMs } from "../../../access-broker/challenge/homes-token.ts";
import { FakeClock } from "../../fakes/fake-host.ts";

describe("A token that shows a person's homes", () => {
  const keyDigest = "d".repeat(43);

  it("tells the passkey that was touched, the longest id that one may have too, for a day and at this broker", () => {
    const clock = new FakeClock();
    const tokens = createHomesTokens("secret", clock);
    for (const id of ["a", "a".repeat(1_400)]) {
      const token = tokens.make({ id, keyDigest });
      expect(tokens.read(token)).toEqual({ id, keyDigest });
      expect(createHomesTokens("another", clock).read(token)).toBeUndefined();
      clock.set(clock.now() + homesTokenMs);
      expect(tokens.read(token)).toBeUndefined();
    }
  });

  it("is none when a sign of it is another", () => {
    const tokens = createHomesTokens("secret", new FakeClock());
    const token = tokens.make({ id: "a", keyDigest });
    expect(tokens.read(`b${token.slice(1)}`)).toBeUndefined();
    expect(tokens.read(token.split(".").slice(0, 1).join())).toBeUndefined();
  });
});
