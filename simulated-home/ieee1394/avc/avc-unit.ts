/** A simulated AV/C unit: takes commands in its FCP register and answers them as its subunits do (IEC 61883-1, 9; AV/C General 4.2). */

import type { Clock } from "../../../gateway-core/contract/clock.ts";
import { big, type Octets, octets } from "../../wire/octets.ts";
import { registerSpace, type Wire } from "../bus-words.ts";
import { fcp } from "../host-node.ts";
import { joined } from "../rom-writer.ts";
import type { AvcFaults, Opcode, Reply, Subunit } from "./subunit.ts";

export interface AvcUnitPlan {
  readonly clock: Clock;
  /** Type of the whole, 5 bits, and the company, 24 bits. */
  readonly type: number;
  readonly company: number;
  readonly subunits: readonly Subunit[];
  /** Isochronous input and output plugs. */
  readonly plugs?: readonly [inputs: number, outputs: number];
  /** What leaves by output plug 0: four octets of fmt and fdf. */
  readonly format?: string;
  /** Whether PLUG INFO is implemented. */
  readonly knowsPlugInfo?: boolean;
  readonly faults?: AvcFaults;
}

export interface AvcUnit {
  /** Whether its power is on. */
  readonly isOn: boolean;
  onPower(listener: () => void): void;
  reset(wire: Wire | undefined): void;
  command(source: number, frame: Octets): void;
}

const ctype = { control: 0, status: 1, specificInquiry: 2, notify: 3, generalInquiry: 4 };
const response = {
  notImplemented: 8,
  accepted: 9,
  rejected: 10,
  inTransition: 11,
  stable: 12,
  changed: 13,
  interim: 15,
};
const unitAddress = 0xff;
const notifyIsOpen = "notify";

export function createAvcUnit({
  clock,
  type,
  company,
  subunits,
  plugs = [0, 0],
  format,
  knowsPlugInfo = true,
  faults = {},
}: AvcUnitPlan): AvcUnit {
  let wire: Wire | undefined;
  let isOn = true;
  const powerListeners = new Set<() => void>();
  /** Who waits for a change, by subunit and opcode. */
  const waiting = new Map<string, () => void>();
  const unit: Subunit = { type: 0x1f, id: 7, opcodes: unitOpcodes() };
  for (const subunit of subunits) {
    subunit.onChange?.(() => {
      for (const tell of [...waiting.values()]) tell();
    });
  }

  function unitOpcodes(): ReadonlyMap<number, Opcode> {
    return new Map<number, Opcode>([
      [0x30, { status: () => ({ frame: Uint8Array.of(0x30, 7, type << 3, ...big(company, 3)) }) }],
      [0x31, { status: ([page = 0]) => ({ frame: Uint8Array.of(0x31, page, ...subunitTable(page >> 4)) }) }],
      [
        0x02,
        {
          status: ([kind]) =>
            kind === 0 && knowsPlugInfo ? { frame: Uint8Array.of(2, 0, ...plugs, 0, 0) } : "not-implemented",
        },
      ],
      [
        0x18,
        {
          status: ([plug]) =>
            format === undefined || plug !== 0
              ? "not-implemented"
              : { frame: Uint8Array.of(0x18, 0, ...octets(format)) },
          knows: () => false,
        },
      ],
      [
        0xb2,
        {
          status: () => ({ frame: Uint8Array.of(0xb2, isOn ? 0x70 : 0x60) }),
          control([power]) {
            isOn = power === 0x70;
            for (const listener of powerListeners) listener();
            return undefined;
          },
          knows: ([power]) => power === 0x70 || power === 0x60,
        },
      ],
    ]);
  }

  /** Four subunits to a page: the type and the highest id of that type. */
  function subunitTable(page: number): Octets {
    const types = [...new Set(subunits.map((subunit) => subunit.type))];
    const entries = types.map((one) => (one << 3) | (subunits.filter((subunit) => subunit.type === one).length - 1));
    return Uint8Array.from({ length: 4 }, (_, place) => entries[page * 4 + place] ?? 0xff);
  }

  const targetOf = (address: number): Subunit | undefined =>
    address === unitAddress ? unit : subunits.find((subunit) => (subunit.type << 3) + subunit.id === address);

  function answer(code: number, subunit: Subunit | undefined, opcode: number, operands: Octets): [number, Reply] {
    const known = subunit?.opcodes.get(opcode);
    if (known === undefined) return [response.notImplemented, "not-implemented"];
    const isKnown = known.control !== undefined && (known.knows?.(operands) ?? true);
    if (code === ctype.status || code === ctype.notify) {
      if (code === ctype.notify && known.notifies !== true) return [response.notImplemented, "not-implemented"];
      const reply = known.status?.(operands) ?? "not-implemented";
      const isMoving = typeof reply === "object" && reply.isInTransition === true;
      return [isMoving ? response.inTransition : response.stable, reply];
    }
    if (code === ctype.control) {
      if (!isKnown) return [response.notImplemented, "not-implemented"];
      const repeated = { frame: joined([Uint8Array.of(opcode), operands]) };
      return [response.accepted, known.control?.(operands) ?? repeated];
    }
    const exists = code === ctype.generalInquiry || isKnown;
    return [response.stable, exists ? { frame: joined([Uint8Array.of(opcode), operands]) } : "not-implemented"];
  }

  async function send(to: number, from: Wire | undefined, code: number, command: Octets, reply: Reply): Promise<void> {
    const frame = typeof reply === "object" ? reply.frame : command.subarray(2);
    const refused = reply === "rejected" ? response.rejected : response.notImplemented;
    const octetsOut = joined([
      Uint8Array.of(typeof reply === "object" ? code : refused),
      command.subarray(1, 2),
      frame,
    ]);
    const times = faults.answersTwice === true && code !== response.interim ? 2 : 1;
    for (let time = 0; time < times; time++) await from?.write(to, registerSpace + fcp.response, octetsOut);
  }

  function obey(source: number, command: Octets): void {
    const [code = 0, address = 0, opcode = 0] = command;
    const operands = command.slice(3);
    const from = wire;
    const subunit = targetOf(address);
    if (code === ctype.control && (faults.busyCommands ?? 0) > 0) {
      faults.busyCommands = (faults.busyCommands ?? 0) - 1;
      return void send(source, from, response.notImplemented, command, "not-implemented");
    }
    const [told, reply] = answer(code, subunit, opcode, operands);
    if (code === ctype.notify && typeof reply === "object") {
      wait(source, command, subunit, opcode, operands, reply.frame);
      return void send(source, from, response.interim, command, reply);
    }
    if (faults.interimMs === undefined) return void send(source, from, told, command, reply);
    void send(source, from, response.interim, command, { frame: command.slice(2) });
    clock.after(faults.interimMs, () => void send(source, from, told, command, reply));
  }

  function wait(
    source: number,
    command: Octets,
    subunit: Subunit | undefined,
    opcode: number,
    operands: Octets,
    before: Octets,
  ): void {
    const key = `${notifyIsOpen} ${command[1]} ${opcode}`;
    waiting.set(key, () => {
      const now = subunit?.opcodes.get(opcode)?.status?.(operands);
      const isOther = typeof now === "object" && now.frame.some((octet, index) => octet !== before[index]);
      if (!isOther) return;
      waiting.delete(key);
      void send(source, wire, response.changed, command, now);
    });
  }

  return {
    get isOn() {
      return isOn;
    },
    onPower: (listener) => void powerListeners.add(listener),
    reset(next) {
      wire = next;
      waiting.clear();
    },
    command(source, frame) {
      if (faults.isSilent === true || frame.length < 3 || (frame[0] ?? 0) >> 4 !== 0) return;
      if (faults.answersFirst === true) return obey(source, frame);
      clock.after(faults.answerMs ?? 0, () => obey(source, frame));
    },
  };
}
