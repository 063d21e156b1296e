/** Registers of a node and what their bits mean (ISO/IEC 13213, 7; IEEE 1394-1995, 8.3.2; IEC 61883-1, 7: plugs). */

import type { JsonObject } from "../contract/json.ts";
import { initialRegisterSpace } from "./csr.ts";
import registers from "./registers.json" with { type: "json" };
import { arrayOf, numberOf, objectOf, textOf } from "./table-json.ts";
import { notEncodable, wholeNumber } from "./value-checks.ts";

interface Bits {
  /** Undefined for reserved bits: not looked at when read, zero when written. */
  readonly name: string | undefined;
  readonly shift: number;
  readonly highest: number;
}

interface Register {
  readonly name: string;
  /** 48-bit address of the first. */
  readonly address: number;
  /** How many stand one behind the other: plugs. */
  readonly count: number;
  readonly bits: readonly Bits[];
  /** Whose lowest channel the top bit stands for: a 1 is a channel that is free. */
  readonly firstChannel: number | undefined;
}

const table: readonly Register[] = registers.map(parseRegister);

function parseRegister(register: unknown): Register {
  const { name, offset, count = 1, bits = [], firstChannel } = objectOf(register);
  let shift = 32;
  return {
    name: textOf(name),
    address: initialRegisterSpace + Number.parseInt(textOf(offset), 16),
    count: numberOf(count),
    bits: arrayOf(bits).map((field) => {
      const [title, width] = arrayOf(field);
      shift -= numberOf(width);
      return { name: title === null ? undefined : textOf(title), shift, highest: 2 ** numberOf(width) - 1 };
    }),
    firstChannel: firstChannel === undefined ? undefined : numberOf(firstChannel),
  };
}

function registerAt(address: number): Register | undefined {
  return table.find((one) => one.address <= address && address < one.address + 4 * one.count && address % 4 === 0);
}

/** What a register holds: single bits as true or false, other fields as numbers, channels as those that are taken. */
export interface RegisterContent {
  /** "oPCR[2]" for one of many. */
  readonly name: string;
  /** Undefined where the bits of the register are not known here. */
  readonly fields: JsonObject | undefined;
}

/** Undefined where no register is known at this address. */
export function decodeRegister(address: number, quadlet: number): RegisterContent | undefined {
  const register = registerAt(address);
  if (register === undefined) return undefined;
  const { name, count, bits, firstChannel } = register;
  const index = (address - register.address) / 4;
  const fields = bits.flatMap(({ name: field, shift, highest }) => {
    if (field === undefined) return [];
    const value = (quadlet >>> shift) & highest;
    return [[field, highest === 1 ? value === 1 : value] as const];
  });
  const channels = firstChannel === undefined ? undefined : { taken: takenChannels(quadlet, firstChannel) };
  return {
    name: count === 1 ? name : `${name}[${index}]`,
    fields: channels ?? (fields.length === 0 ? undefined : Object.fromEntries(fields)),
  };
}

/** @throws HomeError `value-invalid`: no register with known bits there, or a field that is missing or does not fit. */
export function encodeRegister(address: number, fields: JsonObject): number {
  const register = registerAt(address);
  if (register?.firstChannel !== undefined) return freeChannels(fields["taken"], register.firstChannel);
  if (register === undefined || register.bits.length === 0) throw notEncodable(fields, "of a register that is known");
  return register.bits.reduce((quadlet, { name, shift, highest }) => {
    if (name === undefined) return quadlet;
    const value = fields[name];
    return quadlet + wholeNumber(typeof value === "boolean" ? Number(value) : value, highest) * 2 ** shift;
  }, 0);
}

function takenChannels(quadlet: number, firstChannel: number): number[] {
  const channels = Array.from({ length: 32 }, (_, index) => index);
  return channels.filter((index) => ((quadlet >>> (31 - index)) & 1) === 0).map((index) => firstChannel + index);
}

function freeChannels(taken: JsonObject[string] | undefined, firstChannel: number): number {
  if (!Array.isArray(taken)) throw notEncodable(taken, "a list of channels");
  const bits = taken.map((channel) => 31 - wholeNumber(channel - firstChannel, 31));
  return [...new Set(bits)].reduce((quadlet, bit) => quadlet - 2 ** bit, 0xffff_ffff);
}
