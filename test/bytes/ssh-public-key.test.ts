import { describe, expect, it } from "vitest";
import { readAuthorizedKey, sshKeyOfJwk } from "../../gateway-core/bytes/ssh-public-key.ts";

const refused = expect.objectContaining({ code: "value-invalid" });
const octets = Buffer.alloc(32, 7).toString("base64url");

describe("A public key as a JWK", () => {
  it("is the same key as OpenSSH's line of it", () => {
    for (const jwk of [
      { kty: "OKP", crv: "Ed25519", x: octets },
      { kty: "EC", crv: "P-256", x: octets, y: octets },
    ]) {
      const { type, blob, jwk: read } = sshKeyOfJwk(jwk);
      expect(read).toMatchObject(jwk);
      expect(readAuthorizedKey(`${type} ${Buffer.from(blob).toString("base64")} phone`)).toMatchObject({ jwk, type });
    }
  });

  it.each([
    [{}],
    [{ kty: "RSA" }],
    [{ kty: "EC", crv: "P-384", x: octets, y: octets }],
    [{ kty: "OKP", crv: "Ed25519" }],
    [{ kty: "OKP", crv: "Ed25519", x: 7 }],
    [{ kty: "OKP", crv: "Ed25519", x: octets.slice(2) }],
    [{ kty: "EC", crv: "P-256", x: octets, y: "" }],
  ])("that is another or incomplete is refused: %j", (jwk) => {
    expect(() => sshKeyOfJwk(jwk)).toThrow(refused);
  });
});
