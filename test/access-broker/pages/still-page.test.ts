import { parse, serialize } from "parse5";
import { describe, expect, it } from "vitest";
import { stillPage } from "../../../access-broker/pages/still-page.ts";
import { renderHome } from "../../../gateway-core/page/html.ts";
import { speechOf } from "../../../gateway-core/page/language.ts";
import { buildPageDevice } from "../../../gateway-core/page/page-builder.ts";
import { cooler, lamp, reportedAt } from "../../fakes/page-home.ts";

describe("A page as it was", () => {
  const devices = new Map([lamp(), cooler()].map((device) => [device.id, buildPageDevice(device)]));
  const page = renderHome(
    { epoch: "e", seq: 1, isLive: true, devices },
    {
      files: { style: "assets/a.css", script: "assets/a.js" },
      speech: speechOf("en"),
      now: reportedAt,
      token: "the-token",
      viewer: "hanako",
    },
  );
  const still = stillPage(page, 'It is <old> & "still"');

  it("keeps its words and its look", () => {
    for (const word of ["Air conditioner", "26", "room 27°C", 'href="assets/a.css"']) expect(still).toContain(word);
  });

  it("has nothing to touch: no form, no button, no script, no token", () => {
    expect(page).toContain("the-token");
    expect(still).not.toMatch(/<(?:form|button|input|select|script|details|template|base)|the-token|\son\w+=|popover/);
  });

  it("says at its top how old it is, whatever that text holds, and looks for the home by itself", () => {
    expect(still).toContain('<body><p class="notice" role="status">It is &lt;old&gt; &amp; "still"</p>');
    expect(still).toContain('<meta http-equiv="refresh" content="30">');
  });

  it("stays so when a browser reads it again", () => expect(serialize(parse(still))).toBe(still));

  it.each([
    "<svg><script>1</script></svg>",
    "<math><mi><form><button>x</button></form></mi></math>",
    "<noscript><p title='</noscript><form action=/x><input>'>",
    "<table><form><tr><td><input name=a></td></tr></form></table>",
    "<a onclick=x style=y>w</a><iframe srcdoc='<form>'></iframe><object data=x></object><base href=//x>",
    "<template><form></form></template><div popover><form></form></div>",
  ])("keeps nothing that acts of %s", (hostile) => {
    const cleaned = stillPage(`<p>kept</p>${hostile}`, "old");
    expect(cleaned).toContain("kept");
    expect(cleaned).not.toMatch(/<(?:form|button|input|script|iframe|object|base|template)\b|\son\w+=|\sstyle=/i);
  });
});
