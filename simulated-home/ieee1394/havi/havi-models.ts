/** The HAVi devices that a simulated bus can have: what their ROMs say, what components they are made of. */

import type { Clock } from "../../../gateway-core/contract/clock.ts";
import { octets } from "../../wire/octets.ts";
import { createTape, type Tape } from "../avc/tape.ts";
import { createRegisters } from "../registers.ts";
import { writeRom } from "../rom-writer.ts";
import {
  aroma,
  attributesOf,
  createAmplifier,
  createAroma,
  createNative,
  type Identity,
  powerCall,
  sendsScreen,
} from "./components.ts";
import { createHaviNode, type HaviFaults, type HaviNode, unknownMessage } from "./havi-node.ts";
import { control, createReceiverScreen, type Receiver, type ReceiverScreen } from "./receiver-screen.ts";
import { api, createSystem, type HaviSystem } from "./system.ts";

export type HaviModelName = "havi-receiver" | "havi-controller";

export interface HaviPlan {
  readonly clock: Clock;
  readonly guid?: string;
  readonly faults?: HaviFaults;
}

interface Device {
  readonly node: HaviNode;
  readonly system: HaviSystem;
}

export const handles = { device: 0x0100, amplifier: 0x0101, deck: 0x0102, aroma: 0x0103 };
const types = { deck: 0x102, amplifier: 0x106, device: 0x8000 };
const events = { power: 0x0b, deck: 0x20 };

export function isHaviModel(name: string): name is HaviModelName {
  return name === "havi-receiver" || name === "havi-controller";
}

function open({ clock, guid = "", faults = {} }: HaviPlan, { vendor, maker, model }: Identity): Device {
  const rom = writeRom({
    guid,
    capabilities: 0x20ff_5000 | (2 << 4),
    root: [
      [0x03, vendor],
      [0x81, maker],
      [0x0c, 0x0083c0],
      [0x17, 0x000001],
      [0x81, model],
      [
        0xd1,
        [
          [0x12, 0x00a02d],
          [0x13, 0x010008],
        ],
      ],
    ],
  });
  const node = createHaviNode(guid, createRegisters({ clock, rom }), faults, clock);
  return { node, system: createSystem(node) };
}

export interface SimulatedReceiver extends Device {
  readonly receiver: Receiver;
  readonly screen: ReceiverScreen;
  /** Turns the knob at the device itself. */
  turnVolume(volume: number): void;
}

/** A receiver that sends its own screen, and has an amplifier that controllers know. */
export function createReceiver(plan: HaviPlan): SimulatedReceiver {
  const guid = plan.guid ?? "0050c2fffe000a07";
  const identity: Identity = { target: guid, vendor: 0x0050c2, maker: "Oto Works", model: "AX-7" };
  const { node, system } = open({ ...plan, guid }, identity);
  const receiver: Receiver = {
    ...{ volume: 20, isMuted: false, mode: 0, input: 0, station: 0, bass: 6, tuned: [] },
    wake: [6, 30],
  };
  const power = { isOn: true };
  const screen = createReceiverScreen(
    receiver,
    (client, operation, payload) => node.callBack(handles.device, client, api.ddi, operation, payload),
    () => amplifier.changed(1),
  );
  const amplifier = createAmplifier(
    handles.amplifier,
    attributesOf(types.amplifier, identity, 0),
    receiver,
    power,
    (client, operation, payload) => node.callBack(handles.amplifier, client, api.fcm, operation, payload),
    (indicator) => {
      if (indicator === 1) screen.tell(control.volume);
      if (indicator === 0) powerChanged();
    },
  );
  const powerChanged = (): void => {
    for (const handle of [handles.device, handles.amplifier]) system.post(handle, events.power);
  };
  const switchPower = powerCall(power, 8, powerChanged);
  system.add(amplifier);
  system.add({
    handle: handles.device,
    attributes: attributesOf(types.device, identity, undefined, [sendsScreen]),
    call(source, what, operation, parameters) {
      if (what === api.ddi) return screen.call(source, operation, parameters);
      return what === api.dcm ? switchPower(operation, parameters) : unknownMessage;
    },
  });
  return {
    ...{ node, system, receiver, screen },
    turnVolume(volume) {
      receiver.volume = volume;
      screen.tell(control.volume);
      amplifier.changed(1);
    },
  };
}

export interface SimulatedController extends Device {
  readonly tape: Tape;
  readonly aroma: { strength: number };
}

/** The EUI-64 of the video deck that stands behind the controller. */
export const deckBehind = "0800460200000041";

/** Another controller of the home: its Registry is a directory of a video deck behind it, and of a service of a type that nobody knows. */
export function createController(plan: HaviPlan): SimulatedController {
  const guid = plan.guid ?? "0050c2fffe000c11";
  const own: Identity = { target: guid, vendor: 0x0050c2, maker: "Kaori Works", model: "香 11" };
  const deck: Identity = { target: deckBehind, vendor: 0x080046, maker: "Sony", model: "WV-H5" };
  const { node, system } = open({ ...plan, guid }, own);
  const { clock } = plan;
  const cassette = { type: 0x22, grade: 0x40 };
  const tape = createTape({ clock, framesPerSecond: 30, signalMode: 0x00, startSeconds: 60, cassette });
  tape.onChange?.(() => system.post(handles.deck, events.deck, octets("00000000")));
  system.add(createNative(handles.deck, attributesOf(types.deck, deck, 0), tape, { isOn: true }));
  const unknown = createAroma(handles.aroma, attributesOf(aroma.type, own, 0));
  system.add(unknown);
  return { node, system, tape, aroma: unknown };
}

export function createHaviModel(name: HaviModelName, plan: HaviPlan): HaviNode {
  return name === "havi-receiver" ? createReceiver(plan).node : createController(plan).node;
}
