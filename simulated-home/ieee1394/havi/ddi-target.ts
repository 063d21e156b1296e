/** A simulated device that sends its own screen: elements of panels, what people do on them, and what it tells of changes (HAVi 1.1, DDI, as far as it is known). */

import type { Octets } from "../../wire/octets.ts";
import { joined } from "../rom-writer.ts";
import { type Cursor, list, long, octet, short, text } from "./fields.ts";
import { invalidParameter, unknownMessage } from "./havi-node.ts";

const kinds = {
  panel: 0,
  alertPanel: 2,
  group: 3,
  panelLink: 4,
  button: 5,
  toggle: 7,
  showRange: 9,
  setRange: 10,
  entry: 11,
  choice: 12,
  text: 13,
  status: 14,
} as const;
export type ElementKind = keyof typeof kinds;

/** One element: `fields` are those between its size and its optional attributes. */
export interface DdiElement {
  readonly kind: ElementKind;
  readonly handle: number;
  readonly name?: string;
  readonly isDisabled?: () => boolean;
  /** Elements of a panel or a group. */
  readonly elements?: readonly DdiElement[];
  readonly fields?: () => Octets;
  readonly optionals?: readonly Octets[];
  /** Of a text: what stands there now. */
  readonly content?: () => string;
  readonly act?: Act;
}

/** Takes what a person did; the handle of the panel that is to be shown then. */
export type Act = (action: Cursor) => number | undefined;

export interface DdiTarget {
  /** Calls of the DDI interface. */
  call(source: string, operation: number, parameters: Cursor): Octets | number;
  /** Tells that elements are others now. */
  tell(...handles: number[]): void;
  /** Shows another panel by itself; panels that are no more. */
  turnTo(panel: number, deleted?: readonly number[]): void;
}

/** How a client is called back. */
export type CallBack = (client: string, operation: number, payload: Octets) => void;

const errors = { noElement: 0x80 };
const unicode = 0;

/** @param panels the root panel first */
export function createDdiTarget(panels: readonly DdiElement[], callBack: CallBack): DdiTarget {
  const clients = new Map<string, number>();
  const all = new Map<number, DdiElement>();
  const collect = (element: DdiElement): void => {
    all.set(element.handle, element);
    element.elements?.forEach(collect);
  };
  panels.forEach(collect);

  const idOf = ({ kind, handle }: DdiElement): Octets => joined([long(kinds[kind]), short(handle)]);
  const idsOf = (handles: readonly number[]): Octets =>
    list(handles.flatMap((handle) => all.get(handle) ?? []).map(idOf));
  const rootOf = (handle?: number): DdiElement | undefined => (handle === undefined ? panels[0] : all.get(handle));

  function panelOctets(element: DdiElement): Octets {
    const { name = "", elements = [], optionals = [] } = element;
    const aspect = element.kind === "group" ? [] : [long(2)];
    const size = joined([short(480), short(704)]);
    return joined([idOf(element), text(name), size, ...aspect, list(elements.map(idOf)), list(optionals)]);
  }

  function elementOctets(element: DdiElement): Octets {
    const { kind, name = "", fields, optionals = [] } = element;
    if (element.elements !== undefined) return joined([long(kinds[kind]), panelOctets(element)]);
    const named = kind === "text" ? [] : kind === "button" ? [text(name), text(name)] : [text(name)];
    const interactive = kind === "status" ? [] : [long(element.isDisabled?.() === true ? 1 : 0)];
    const own = kind === "text" ? contentId(element) : (fields?.() ?? new Uint8Array());
    const size = joined([short(40), short(120)]);
    return joined([long(kinds[kind]), idOf(element), ...named, size, ...interactive, own, list(optionals)]);
  }

  const contentId = ({ handle, content: told }: DdiElement): Octets =>
    joined([long(unicode), short(handle), long(new TextEncoder().encode(told?.() ?? "").length)]);

  function readId(parameters: Cursor): DdiElement | undefined {
    const [kind, handle] = [parameters.number(4), parameters.number(2)];
    const element = all.get(handle);
    return element !== undefined && kinds[element.kind] === kind ? element : undefined;
  }

  function report(target: DdiElement | undefined, changed: readonly number[], deleted: readonly number[]): Octets {
    const gone = deleted.map((handle) => joined([long(kinds.alertPanel), short(handle)]));
    return joined([target === undefined ? new Uint8Array(6) : idOf(target), idsOf(changed), list(gone)]);
  }

  function notify(target: DdiElement | undefined, changed: readonly number[], deleted: readonly number[] = []): void {
    for (const [client, operation] of clients) callBack(client, operation, report(target, changed, deleted));
  }

  /** The panel that a person looks at. */
  let shown = panels[0];

  return {
    call(source, operation, parameters) {
      switch (operation) {
        case 0:
          parameters.number(2);
          clients.set(source, parameters.number(1));
          return panels[0] === undefined ? errors.noElement : idOf(panels[0]);
        case 1:
          clients.delete(source);
          return new Uint8Array();
        case 3: {
          const panel = readId(parameters);
          if (panel?.elements === undefined) return errors.noElement;
          return joined([panelOctets(panel), list(panel.elements.map(elementOctets))]);
        }
        case 4: {
          const wanted = parameters.list(() => readId(parameters));
          return list(wanted.flatMap((one) => (one === undefined ? [] : [elementOctets(one)])));
        }
        case 5: {
          parameters.number(4);
          const element = all.get(parameters.number(2));
          return element === undefined ? errors.noElement : joined([long(unicode), text(element.content?.() ?? "")]);
        }
        case 7: {
          const element = readId(parameters);
          if (element === undefined) return errors.noElement;
          if (element.act === undefined || element.isDisabled?.() === true) return invalidParameter;
          const to = element.act(parameters);
          if (to !== undefined) shown = rootOf(to);
          return report(shown, [element.handle], []);
        }
        default:
          return unknownMessage;
      }
    },
    tell: (...handles) => notify(shown, handles),
    turnTo(panel, deleted = []) {
      shown = rootOf(panel);
      notify(shown, [], deleted);
    },
  };
}

const noBitmap = joined([long(1), short(0), long(0)]);

/** What stands in each kind of element. */
export const ddiFields = {
  toggle: (states: readonly string[], current: number): Octets =>
    joined([short(states.length), list(states.map((state) => joined([text(state), noBitmap]))), short(current)]),
  showRange: (most: number, step: number, value: number): Octets =>
    joined([long(0), short(most), short(step), short(value)]),
  setRange: (most: number, step: number, value: number): Octets =>
    joined([long(0), short(most), short(step), short(value), long(1)]),
  choice: (names: readonly string[], chosen: number): Octets =>
    joined([
      ...[long(1), short(1), long(0), long(0)],
      list(names.map((name, index) => joined([text(name), noBitmap, octet(index === chosen ? 1 : 0)]))),
    ]),
  panelLink: (panel: number): Octets => joined([noBitmap, long(kinds.panel), short(panel)]),
  /** A time of day; its date means nothing. */
  timeEntry: (hour: number, minute: number): Octets => {
    const time = joined([short(2000), octet(1), octet(1), octet(hour), octet(minute), octet(0), short(0)]);
    return joined([long(4), long(1), long(1), long(4), time, short(5)]);
  },
};

/** Optional attributes. */
export const ddiOptional = {
  offset: (value: number): Octets => joined([long(17), short(value)]),
  unit: (label: string): Octets => joined([long(22), text(label)]),
};
