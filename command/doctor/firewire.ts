/** Why this machine's own FireWire bus cannot be used: no controller, no driver, no package, no permission, with what to do about it. */

import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { type DeniedFile, examineMachine, type MachineBus } from "../../gateway-core/gateway.ts";
import { packageRoot } from "../../host/package-root.ts";
import type { Language } from "../arguments.ts";
import { type Finding, findings } from "./finding.ts";

/** Undefined where every device may be opened: the bus itself tells more, then. `machine` as this one is unless given. */
export function firewire(language: Language, machine: MachineBus = examineMachine()): Finding | undefined {
  const { ok, warn } = findings("serial-bus", language);
  switch (machine.state) {
    case "no-controller":
      return ok("doctor-bus-no-controller");
    case "no-driver":
      return warn("doctor-bus-no-driver", { list: machine.addresses.join(", ") }, "doctor-bus-no-driver-hint");
    case "no-koffi":
      return warn("doctor-bus-no-koffi", {}, "doctor-bus-no-koffi-hint");
    case "there": {
      if (machine.denied.length === 0) return undefined;
      const list = machine.denied.map(({ file, name, units }) => `${file} (${name}, ${units || "—"})`).join(", ");
      const file = join(packageRoot(), "packaging", "udev", "70-genkan-firewire.rules");
      const facts = { list, file, user: userInfo().username, rule: ruleFor(machine.denied, file) };
      return warn("doctor-bus-denied", facts, "doctor-bus-denied-hint");
    }
  }
}

/** The lines of the rules that is shipped by which these devices would be opened; all of them where none would. */
function ruleFor(denied: readonly DeniedFile[], file: string): string {
  const lines = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("SUBSYSTEM"));
  const fitting = lines.filter((line) => {
    const [, pattern] = /ATTR\{units\}=="([^"]*)"/.exec(line) ?? [];
    if (pattern === undefined) return false;
    const expression = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`);
    return denied.some(({ units }) => expression.test(units));
  });
  return (fitting.length > 0 ? fitting : lines).join(" + ");
}
