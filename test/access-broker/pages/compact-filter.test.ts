import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compactPieces } from "../../../access-broker/pages/compact-filter.ts";
import { encodeShiftJis, formFromShiftJis } from "../../../access-broker/pages/shift-jis.ts";
import { terminalOf } from "../../../access-broker/pages/terminal.ts";
import { longestCompactPage } from "../../../gateway-core/contract/compact-html.ts";
import { foreignIn } from "../../fakes/compact-judge.ts";

const filter = {
  addressOf: (address: string) => (/^(?:\/\/|[a-z]+:)/i.test(address.trim()) ? undefined : `/n/1${address}`),
  pieceAt: (piece: number) => `?gk-page=${piece}`,
};
const only = (page: string): string => {
  const pieces = compactPieces(page, filter);
  expect(pieces.length).toBe(1);
  return /<body>(.*)<\/body>/s.exec(pieces[0] ?? "")?.[1] ?? "";
};

describe("Any HTML as Compact HTML", () => {
  it("keeps words, links and forms, and the kind of button that there is", () => {
    expect(only('<h1 class="x">Tape</h1><main><p id=a>At <b>12:34</b></p></main>')).toBe(
      "<h1>Tape</h1><p>At 12:34</p><br>",
    );
    expect(only('<a href="/play" onclick="x()" target="_blank">Play</a>')).toBe('<a href="/n/1/play">Play</a>');
    expect(
      only(
        '<form method="post" action="/set"><label for="v">V</label><input id="v" name="v" autofocus><button>Go</button></form>',
      ),
    ).toBe('<form method="post" action="/n/1/set">V<input name="v"><input type="submit" value="Go"></form>');
    expect(only('<form action="/set"><button name="value" value="off" aria-label="Off"></button></form>')).toBe(
      '<form action="/n/1/set"><input type="hidden" name="value" value="off"><input type="submit" value="Off"></form>',
    );
    expect(only("<table><tr><td>Channel<td>8<tr><td>Volume<td>20</table>")).toContain("Channel 8 <br>Volume 20 <br>");
  });

  it.each([
    "<script>alert(1)</script>",
    "<style>p{}</style>",
    "<iframe src=/x></iframe>",
    "<svg><a href=/x>w</a></svg>",
    "<noscript><p>w</p></noscript>",
    "<p hidden>w</p>",
    '<form action="https://evil.example/"><input name=a></form>',
    "<input type=file>",
    "<template><p>w</p></template>",
  ])("drops %s", (page) => expect(only(page)).not.toMatch(/\w{1,}alert|<script|<style|<iframe|<svg|file|evil|>w</));

  it("leads nowhere out of where it stands", () => {
    for (const href of ["https://evil.example/", "//evil.example/", "javascript:alert(1)", " data:text/html,x"]) {
      expect(only(`<a href="${href}">words</a>`)).toBe("<a>words</a>");
    }
  });

  it("is split where it is too long, with keys back and forth, and loses no word", () => {
    const words = Array.from({ length: 400 }, (_, at) => `word${at}`);
    const pieces = compactPieces(`<title>Long</title>${words.map((word) => `<p>${word}</p>`).join("")}`, filter);
    expect(pieces.length).toBeGreaterThan(2);
    expect(pieces.flatMap((piece) => piece.match(/word\d+/g))).toEqual(words);
    expect(pieces[0]).toContain('<a href="?gk-page=2" accesskey="#">');
    expect(pieces.at(-1)).not.toContain('accesskey="#"');
    for (const piece of pieces) expect(Buffer.byteLength(piece)).toBeLessThanOrEqual(longestCompactPage);
    const long = compactPieces(`<pre>${"日本語".repeat(2_000)}</pre>`, filter);
    for (const piece of long) expect(Buffer.byteLength(piece)).toBeLessThanOrEqual(longestCompactPage);
  });

  it("holds only what Compact HTML has, whatever the page was", () => {
    const tags = [
      "p",
      "div",
      "form",
      "table",
      "tr",
      "td",
      "svg",
      "math",
      "select",
      "option",
      "a",
      "input",
      "script",
      "b",
      "ul",
      "li",
      "title",
      "plaintext",
      "textarea",
    ];
    const attributes = [
      "href=//x",
      "action=/x",
      "onclick=x",
      "style=x",
      "type=file",
      "type=image",
      "name=n",
      "value='<b>'",
      "hidden",
      "src=javascript:x",
    ];
    const bit = fc.oneof(
      fc.tuple(fc.constantFrom(...tags), fc.constantFrom(...attributes)).map(([tag, one]) => `<${tag} ${one}>`),
      fc.constantFrom(...tags).map((tag) => `</${tag}>`),
      fc.string({ maxLength: 40 }),
      fc.constantFrom("<!--", "-->", "&lt;script&gt;", "<![CDATA[", "]]>"),
    );
    fc.assert(
      fc.property(fc.array(bit, { maxLength: 60 }), (bits) => {
        for (const piece of compactPieces(bits.join(""), filter)) {
          expect(foreignIn(piece)).toEqual([]);
          expect(Buffer.byteLength(piece)).toBeLessThanOrEqual(longestCompactPage);
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe("A terminal", () => {
  const of = (agent: string, accept = "*/*") => terminalOf(new Headers({ "user-agent": agent, accept }));

  it("is known by its name, or by what it accepts", () => {
    expect(of("DoCoMo/1.0/F502i/c10")).toEqual({ isCompact: true, charset: "Shift_JIS" });
    expect(of("w3m/0.5.3+git20230121")).toEqual({ isCompact: true, charset: "UTF-8" });
    expect(of("Lynx/2.9.0dev.12 libwww-FM/2.14")).toEqual({ isCompact: true, charset: "UTF-8" });
    expect(of("ELinks/0.13.2 (textmode; Linux; -)")).toEqual({ isCompact: true, charset: "UTF-8" });
    expect(of("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0")).toEqual({ isCompact: false, charset: "UTF-8" });
    expect(of("Mozilla/5.0", "text/x-chtml, */*;q=0.1")).toEqual({ isCompact: true, charset: "UTF-8" });
  });

  it("of the first kind is told, and tells, in Shift_JIS", () => {
    expect(Buffer.from(encodeShiftJis("照明 25〜28…")).toString("hex")).toBe("8fc696be203235816032382e2e");
    expect(formFromShiftJis("user=%89%D4%8E%71&password=a+b%26c&x")).toBe(
      new URLSearchParams({ user: "花子", password: "a b&c", x: "" }).toString(),
    );
  });
});
