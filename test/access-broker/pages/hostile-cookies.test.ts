import { describe, expect, it } from "vitest";
import { headersToHome, headersToViewer } from "../../../access-broker/pages/relay-headers.ts";
import { wholeGrant } from "../../../gateway-core/contract/grant.ts";

describe("A home's cookie", () => {
  const told = (cookie: string): string[] => headersToViewer(new Headers([["set-cookie", cookie]])).getSetCookie();

  it("is for its own origin, never for all homes at once", () => {
    for (const cookie of ["a=b; Domain=genkan.localhost", "a=b;Path=/;DOMAIN = .genkan.localhost"]) {
      expect(told(cookie), cookie).toEqual([]);
    }
    expect(told("domain=b; Path=/")).toEqual(["domain=b; Path=/"]);
  });

  it("has a name: the value of one without could spell a session's", () => {
    for (const cookie of ["=__Host-genkan=forged; Path=/", " = x", "__Host-genkan"]) {
      expect(told(cookie), cookie).toEqual([]);
    }
  });

  it("is never one of the access broker's own, nor is one of those told to the home", () => {
    for (const name of ["__Host-genkan", "__Host-genkan-device"]) {
      expect(told(`${name}=forged; Path=/; Secure`), name).toEqual([]);
      const headers = headersToHome(new Headers({ cookie: `a=b; ${name}=secret` }), {
        name: "anna",
        session: "s",
        grant: wholeGrant,
      });
      expect(headers.get("cookie")).toBe("a=b");
    }
  });
});
