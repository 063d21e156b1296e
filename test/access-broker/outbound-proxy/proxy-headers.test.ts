import { describe, expect, it } from "vitest";
import { assertClearHead, headersBack, headersOnward } from "../../../access-broker/outbound-proxy/proxy-headers.ts";

const raw = (...lines: string[]): string[] =>
  lines.flatMap((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]);

describe("A request's head", () => {
  it.each([
    [["Host: a", "Host: a"]],
    [["Content-Length: 1", "content-length: 1"]],
    [["Content-Length: 1", "Content-Length: 2"]],
    [["Content-Length: 1", "Transfer-Encoding: chunked"]],
    [["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"]],
    [["Transfer-Encoding: gzip, chunked"]],
    [["Transfer-Encoding: xchunked"]],
    [["Content-Length: +1"]],
    [["Content-Length: 1, 1"]],
    [["Content-Length: 0x1"]],
    [["Proxy-Authorization: Basic a", "proxy-authorization: Basic b"]],
    [["X y: 1"]],
    [["X: a\nb"]],
    [["X: a\r\n b"]],
    [["X: a\0b"]],
  ])("%j could be read in two ways", (lines) =>
    expect(() => assertClearHead(raw(...lines))).toThrow(expect.objectContaining({ code: "proxy-request-invalid" })),
  );

  it("that is clear passes", () => {
    expect(() => assertClearHead(raw("Host: a", "Transfer-Encoding: Chunked", "X: \u00e9"))).not.toThrow();
    expect(() => assertClearHead(raw("Host: a", "Content-Length: 12", "X:"))).not.toThrow();
    expect(() => assertClearHead(["Host", "a", "X"])).not.toThrow();
  });
});

describe("What goes on", () => {
  it("tells nothing of the home, of the way or of the proxy's credential, and nothing that is of one connection", () => {
    const told = headersOnward(
      raw(
        ...["Host: other", "Proxy-Authorization: Basic x", "Proxy-Connection: keep-alive", "Connection: close, X-Mine"],
        ...["X-Mine: 1", "Keep-Alive: 5", "TE: trailers", "Upgrade: h2c", "HTTP2-Settings: x", "Expect: 100-continue"],
        ...["X-Forwarded-For: 192.168.0.2", "X-Forwarded-Host: h", "Forwarded: for=x", "Via: 1.1 x", "X-Real-IP: x"],
        ...["True-Client-IP: x", "Genkan-User: x", "Accept: */*", "Cookie: a=b", "Authorization: Bearer y"],
      ),
      "www.example",
    );
    expect(told).toEqual(raw("Host: www.example", "Accept: */*", "Cookie: a=b", "Authorization: Bearer y"));
  });

  it("keeps the length as it was told, even where Connection names it", () => {
    expect(headersOnward(raw("Connection: content-length", "Content-Length: 3"), "a")).toEqual(
      raw("Host: a", "Content-Length: 3"),
    );
    expect(headersOnward(raw("Transfer-Encoding: chunked"), "a")).toEqual(raw("Host: a", "Transfer-Encoding: chunked"));
  });
});

describe("What comes back", () => {
  it("is without what is of one connection, and asks for no credential of the proxy's", () => {
    const answer = raw(
      "Connection: X-Mine",
      "X-Mine: 1",
      "Transfer-Encoding: chunked",
      "Proxy-Authenticate: Basic",
      "Via: x",
    );
    expect(headersBack([...answer, ...raw("Set-Cookie: a=1", "Set-Cookie: b=2")])).toEqual(
      raw("Set-Cookie: a=1", "Set-Cookie: b=2"),
    );
  });
  it.each(["X: a\rb", "X: a\nb", "X y: a", "X: \u3042"])("%j is no answer", (line) =>
    expect(() => headersBack(raw(line))).toThrow(expect.objectContaining({ code: "proxy-target-away" })),
  );
});
