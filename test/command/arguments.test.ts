import { describe, expect, it } from "vitest";
import { numberOf, parseArguments } from "../../command/arguments.ts";
import { say } from "../../command/say.ts";
import en from "../../command/texts/en.json" with { type: "json" };
import ja from "../../command/texts/ja.json" with { type: "json" };

const usage = expect.objectContaining({ code: "usage" });

describe("The command line", () => {
  it("is a verb, its arguments and its options", () => {
    const args = parseArguments(["enrol", "card.json", "--state", "/tmp/x", "--set", "page.port=1", "--json"], {});
    expect(args).toMatchObject({ verb: "enrol", rest: ["card.json"], folder: "/tmp/x", isJson: true });
    expect(args.overrides).toEqual(["page.port=1"]);
  });

  it("takes where descriptors are imported from, and into", () => {
    const args = parseArguments(["descriptors", "import", "--mra", "m", "--objectdb", "o", "--to", "t"], {});
    expect(args).toMatchObject({ rest: ["import"], values: { mra: "m", objectdb: "o", to: "t" }, hasGaps: false });
    expect(parseArguments(["descriptors", "check", "--gaps"], {}).hasGaps).toBe(true);
  });

  it("takes its state folder from --state, else GENKAN_STATE, else the home directory", () => {
    expect(parseArguments(["start"], { GENKAN_STATE: "/tmp/g" }).folder).toBe("/tmp/g");
    expect(parseArguments(["start", "--state", "/tmp/s"], { GENKAN_STATE: "/tmp/g" }).folder).toBe("/tmp/s");
    expect(parseArguments(["start"], {}).folder).toMatch(/\.genkan$/);
  });

  it("speaks the terminal's language unless told otherwise", () => {
    expect(parseArguments([], { LANG: "ja_JP.UTF-8" }).language).toBe("ja");
    expect(parseArguments([], { LC_ALL: "C", LANG: "ja_JP.UTF-8" }).language).toBe("en");
    expect(parseArguments(["--lang", "ja"], { LANG: "C" }).language).toBe("ja");
  });

  it("takes any subset of homes", () => {
    expect(parseArguments(["start"], {}).homes).toEqual(["simulated"]);
    expect(parseArguments(["start", "--home", "simulated,network"], {}).homes).toEqual(["simulated", "network"]);
  });

  it("takes the scenario of a simulated home, as a file or by name", () => {
    expect(parseArguments(["start", "--scenario", "flaky"], {}).values).toEqual({ scenario: "flaky" });
    expect(parseArguments(["simulated-home"], {}).values).toEqual({});
  });

  it("takes numbers above 0 where it takes numbers", () => {
    const seconds = (...args: string[]): number => numberOf(parseArguments(["doctor", ...args], {}), "seconds", 3);
    expect([seconds(), seconds("--seconds", "0.5"), seconds("--seconds", "20")]).toEqual([3, 0.5, 20]);
    for (const text of ["0", "-1", "soon", " ", "NaN"]) expect(() => seconds(`--seconds=${text}`)).toThrow(usage);
  });

  it.each([[["--unknown"]], [["start", "--lang", "fr"]], [["start", "--home", "castle"]], [["--state"]]])(
    "refuses %j as usage",
    (args) => {
      expect(() => parseArguments(args, {})).toThrow(usage);
    },
  );
});

describe("What the command says", () => {
  it("is there in both languages, with the same facts", () => {
    expect(Object.keys(ja)).toEqual(Object.keys(en));
    const facts = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([fact]) => fact).sort();
    for (const name of Object.keys(en) as (keyof typeof en)[])
      expect(facts(say("ja", name)), name).toEqual(facts(say("en", name)));
  });

  it("holds the facts that it is given", () => {
    expect(say("en", "lan", { lan: "http://x/" })).toContain("http://x/");
  });
});
