/** Simulated HAVi components: devices as a whole, amplifiers, video decks driven by AV/C, and one whose type nobody knows (HAVi 1.1, DCM and FCM, as far as they are known). */

import { type Octets, octets } from "../../wire/octets.ts";
import type { Subunit } from "../avc/subunit.ts";
import { joined } from "../rom-writer.ts";
import { type Cursor, content, long, octet, short, text } from "./fields.ts";
import { invalidParameter, type SoftwareElement, unknownMessage } from "./havi-node.ts";
import { api, attribute } from "./system.ts";

export interface Identity {
  /** EUI-64 of the device that the component belongs to. */
  readonly target: string;
  readonly vendor: number;
  readonly maker: string;
  readonly model: string;
}

const deviceClass = { basic: 1, intermediate: 2 };
const targetOfDevice = 0;
const targetOfComponent = 2;

/** @param place tells components of one device apart; undefined: it stands for the device as a whole */
export function attributesOf(
  type: number,
  { target, vendor, maker, model }: Identity,
  place?: number,
  more: readonly (readonly [number, Octets])[] = [],
): ReadonlyMap<number, Octets> {
  const kind = place === undefined ? targetOfDevice : targetOfComponent;
  return new Map<number, Octets>([
    [attribute.type, long(type)],
    [attribute.vendor, octets(vendor.toString(16).padStart(6, "0"))],
    [attribute.target, joined([long(kind), octets(target), long(0), short(place ?? 0)])],
    [attribute.class, long(deviceClass.intermediate)],
    [attribute.maker, text(maker)],
    [attribute.model, text(model)],
    ...more,
  ]);
}

export const sendsScreen: readonly [number, Octets] = [attribute.gui, long(1)];

export interface PowerSwitch {
  isOn: boolean;
}

/** Power as devices (at 8 and 9) and components (at 3 and 4) have it. */
export function powerCall(power: PowerSwitch, get: number, onChange: () => void) {
  return (operation: number, parameters: Cursor): Octets | number => {
    if (operation === get + 1) {
      power.isOn = parameters.number(1) === 1;
      onChange();
    }
    return operation === get || operation === get + 1 ? octet(power.isOn ? 1 : 0) : unknownMessage;
  };
}

export interface Sound {
  volume: number;
  isMuted: boolean;
  mode: number;
}

/** Tells who subscribed that an attribute is another now. */
export type TellAttribute = (client: string, operation: number, payload: Octets) => void;

/** @param onChange called after each command, with the indicator of what it changed */
export function createAmplifier(
  handle: number,
  attributes: ReadonlyMap<number, Octets>,
  sound: Sound,
  power: PowerSwitch,
  tell: TellAttribute,
  onChange: (indicator: number) => void,
): SoftwareElement & { changed(indicator: number): void } {
  const subscriptions: { client: string; indicator: number; operation: number; id: number }[] = [];
  const switchPower = powerCall(power, 3, () => onChange(0));
  const current = (indicator: number): Octets => octet(indicator === 1 ? sound.volume : sound.isMuted ? 1 : 0);

  function asComponent(source: string, operation: number, parameters: Cursor): Octets | number {
    if (operation !== 6) return switchPower(operation, parameters);
    const indicator = parameters.number(2);
    parameters.content();
    parameters.number(2);
    parameters.number(2);
    if (indicator > 2) return 0x80;
    const id = subscriptions.length;
    subscriptions.push({ client: source, indicator, operation: parameters.number(1), id });
    return joined([content(current(indicator)), short(id)]);
  }

  function asAmplifier(operation: number, parameters: Cursor): Octets | number {
    switch (operation) {
      case 0:
        sound.volume = parameters.number(1);
        onChange(1);
        return new Uint8Array();
      case 1:
        return octet(sound.volume);
      case 2:
        sound.isMuted = parameters.number(1) === 1;
        onChange(2);
        return new Uint8Array();
      case 3:
        return octet(sound.isMuted ? 1 : 0);
      case 12:
        sound.mode = parameters.number(4);
        return new Uint8Array();
      case 13:
        return long(sound.mode);
      default:
        return unknownMessage;
    }
  }

  return {
    ...{ handle, attributes },
    call(source, what, operation, parameters) {
      if (what === api.amplifier) return asAmplifier(operation, parameters);
      return what === api.fcm ? asComponent(source, operation, parameters) : unknownMessage;
    },
    changed(indicator) {
      for (const { client, operation, id } of subscriptions.filter((one) => one.indicator === indicator)) {
        tell(client, operation, joined([short(id), short(indicator), content(current(indicator))]));
      }
    },
  };
}

const avcProtocol = 1;
const noProtocol = 0x81;
const stable = 0x0c;
const accepted = 0x09;
const rejected = 0x0a;
const notImplemented = 0x08;
const inTransition = 0x0b;

/** A component that passes AV/C commands to the subunit behind it. */
export function createNative(
  handle: number,
  attributes: ReadonlyMap<number, Octets>,
  subunit: Subunit,
  power: PowerSwitch,
): SoftwareElement {
  const switchPower = powerCall(power, 3, () => undefined);

  function obey(command: Octets): Octets {
    const [ctype = 0, address = 0, code = 0] = command;
    const operands = command.slice(3);
    const known = subunit.opcodes.get(code);
    const isStatus = ctype === 1;
    const reply = isStatus ? known?.status?.(operands) : known?.control?.(operands);
    if (known === undefined || reply === "not-implemented") return joined([octet(notImplemented), command.slice(1)]);
    if (reply === "rejected") return joined([octet(rejected), command.slice(1)]);
    const isMoving = reply?.isInTransition === true;
    const response = isStatus ? (isMoving ? inTransition : stable) : accepted;
    return joined([octet(response), octet(address), reply?.frame ?? command.slice(2)]);
  }

  return {
    ...{ handle, attributes },
    call(_source, what, operation, parameters) {
      if (what !== api.fcm) return unknownMessage;
      if (operation !== 5) return switchPower(operation, parameters);
      if (parameters.number(4) !== avcProtocol) return noProtocol;
      return content(obey(parameters.content()));
    },
  };
}

/** An interface of a vendor's own: a strength of 0 to 10 that is asked for and set. */
export const aroma = { type: 0x8000_0017, api: 0x8017, get: 1, set: 2 };

export function createAroma(
  handle: number,
  attributes: ReadonlyMap<number, Octets>,
): SoftwareElement & { strength: number } {
  return {
    ...{ handle, attributes, strength: 3 },
    call(_source, what, operation, parameters) {
      if (what !== aroma.api) return unknownMessage;
      if (operation === aroma.get) return short(this.strength);
      if (operation !== aroma.set) return unknownMessage;
      const strength = parameters.number(2);
      if (strength > 10) return invalidParameter;
      this.strength = strength;
      return new Uint8Array();
    },
  };
}
