/** The screen that the simulated receiver sends: input, volume, stations, and a second panel for the sound. */

import type { Sound } from "./components.ts";
import {
  type Act,
  type CallBack,
  createDdiTarget,
  type DdiElement,
  type DdiTarget,
  ddiFields,
  ddiOptional,
} from "./ddi-target.ts";
import type { Cursor } from "./fields.ts";

export interface Receiver extends Sound {
  input: number;
  station: number;
  bass: number;
  wake: readonly [hour: number, minute: number];
  /** Presses of the "Tune +" key, released ones too. */
  readonly tuned: number[];
}

export const stations = ["NHK FM 82.5", "J-WAVE 81.3", "InterFM 89.7"];
const inputs = ["FM", "Disc", "Tape", "TV"];
/** What the device calls -60 dB is 0. */
const softest = -60;
const loudest = 60;

export interface ReceiverScreen extends DdiTarget {
  /** What the front panel shows. */
  line(): string;
}

export const panel = { root: 1, sound: 2, alert: 3 };
export const control = {
  input: 10,
  volume: 11,
  line: 12,
  signal: 13,
  station: 15,
  tune: 16,
  toSound: 17,
  bass: 21,
  wake: 22,
  back: 23,
  close: 31,
};

/** @param onSound called after the volume was set here */
export function createReceiverScreen(receiver: Receiver, callBack: CallBack, onSound: () => void): ReceiverScreen {
  const line = (): string =>
    receiver.input === 0 ? (stations[receiver.station] ?? "") : (inputs[receiver.input] ?? "");
  /** Behind the kind of the action. */
  const acting =
    (act: (action: Cursor) => void): Act =>
    (action) => {
      action.number(4);
      act(action);
      return undefined;
    };
  const going =
    (to: number): Act =>
    () =>
      to;

  const root: DdiElement = {
    ...{ kind: "panel", handle: panel.root, name: "Receiver" },
    elements: [
      { kind: "text", handle: control.line, content: line },
      {
        ...{ kind: "toggle", handle: control.input, name: "Input" },
        fields: () => ddiFields.toggle(inputs, receiver.input),
        act: acting((action) => {
          receiver.input = action.number(2);
          later([control.line, control.tune, control.station]);
        }),
      },
      {
        ...{ kind: "setRange", handle: control.volume, name: "Volume" },
        fields: () => ddiFields.setRange(loudest, 1, receiver.volume),
        optionals: [ddiOptional.offset(softest), ddiOptional.unit("dB")],
        act: acting((action) => {
          receiver.volume = action.number(2);
          onSound();
        }),
      },
      {
        ...{ kind: "showRange", handle: control.signal, name: "Signal" },
        fields: () => ddiFields.showRange(100, 1, receiver.input === 0 ? 72 : 0),
        optionals: [ddiOptional.unit("%")],
      },
      {
        ...{ kind: "group", handle: 14, name: "Stations" },
        elements: [
          {
            ...{ kind: "choice", handle: control.station, name: "Station", isDisabled: () => receiver.input !== 0 },
            fields: () => ddiFields.choice(stations, receiver.station),
            act: acting((action) => {
              [receiver.station = 0] = action.list(() => action.number(2));
              later([control.line]);
            }),
          },
          {
            ...{ kind: "button", handle: control.tune, name: "Next station", isDisabled: () => receiver.input !== 0 },
            act: acting((action) => {
              receiver.tuned.push(action.number(4));
              if (receiver.tuned.at(-1) !== 0) return;
              receiver.station = (receiver.station + 1) % stations.length;
              later([control.line, control.station]);
            }),
          },
        ],
      },
      {
        ...{ kind: "panelLink", handle: control.toSound, name: "Sound settings" },
        fields: () => ddiFields.panelLink(panel.sound),
        act: going(panel.sound),
      },
    ],
  };
  const sound: DdiElement = {
    ...{ kind: "panel", handle: panel.sound, name: "Sound settings" },
    elements: [
      {
        ...{ kind: "setRange", handle: control.bass, name: "Bass" },
        fields: () => ddiFields.setRange(12, 2, receiver.bass),
        optionals: [ddiOptional.offset(-6), ddiOptional.unit("dB")],
        act: acting((action) => {
          receiver.bass = action.number(2);
        }),
      },
      {
        ...{ kind: "entry", handle: control.wake, name: "Wake at" },
        fields: () => ddiFields.timeEntry(...receiver.wake),
        act: acting((action) => {
          action.number(4);
          action.number(4);
          receiver.wake = [action.number(1), action.number(1)];
        }),
      },
      {
        ...{ kind: "panelLink", handle: control.back, name: "Back" },
        fields: () => ddiFields.panelLink(panel.root),
        act: going(panel.root),
      },
    ],
  };
  const alert: DdiElement = {
    ...{ kind: "alertPanel", handle: panel.alert, name: "Overheated" },
    elements: [
      { kind: "text", handle: 30, content: () => "Let it cool down" },
      { kind: "button", handle: control.close, name: "OK", act: going(panel.root) },
    ],
  };
  const target = createDdiTarget([root, sound, alert], callBack);
  /** Others than the one that was acted on are told of after the answer. */
  const later = (handles: readonly number[]): void => queueMicrotask(() => target.tell(...handles));
  return { ...target, line };
}
