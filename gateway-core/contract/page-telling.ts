/**
 * A snapshot as it is sent: what devices of one model share, their screen and the widgets on it, is told once, and each
 * device names its place in the list (docs/interfaces.md, HTTP). Of fifty devices that is half of the octets, of five
 * hundred five sixths. Pure.
 */

import type { PageDevice, Widget } from "./page.ts";

/** What devices of one model share; the numbers are places in the snapshot's `widgets`. */
export interface ToldScreen extends Omit<Shared, "widgets"> {
  readonly widgets: { readonly [name: string]: number };
}

type Shared = Pick<PageDevice, "tile" | "sections" | "compact" | "widgets" | "histories" | "roles">;

/** A device with the place of its screen in the snapshot's `screens`. */
export type ToldDevice = Omit<PageDevice, keyof Shared> & { readonly screen: number };

export interface ToldDevices {
  readonly widgets: readonly Widget[];
  readonly screens: readonly ToldScreen[];
  readonly devices: readonly ToldDevice[];
}

/** Only what stands in `devices` is told: nothing is shared with who sees less. */
export function tellDevices(devices: readonly PageDevice[]): ToldDevices {
  const [widgets, screens] = [distinct<Widget>(), distinct<ToldScreen>()];
  const told = devices.map(({ tile, sections, compact, widgets: own, histories, roles, ...device }): ToldDevice => {
    const places = Object.entries(own).map(([name, widget]) => [name, widgets.placeOf(widget)] as const);
    const screen = { tile, sections, compact, widgets: Object.fromEntries(places), roles };
    return { ...device, screen: screens.placeOf(histories === undefined ? screen : { ...screen, histories }) };
  });
  return { widgets: widgets.list, screens: screens.list, devices: told };
}

/** The devices again; those that share a screen share its objects. */
export function heardDevices({ widgets, screens, devices }: ToldDevices): PageDevice[] {
  const shared = screens.map(({ widgets: places, ...screen }): Shared => {
    const own = Object.entries(places).flatMap(([name, place]): [string, Widget][] => {
      const widget = widgets[place];
      return widget === undefined ? [] : [[name, widget]];
    });
    return { ...screen, widgets: Object.fromEntries(own) };
  });
  return devices.flatMap(({ screen, ...device }) => {
    const found = shared[screen];
    return found === undefined ? [] : [{ ...device, ...found }];
  });
}

/** A list in which what is the same has one place. */
function distinct<T>() {
  const places = new Map<string, number>();
  const list: T[] = [];
  const placeOf = (one: T): number => {
    const text = JSON.stringify(one);
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, list.length);
    return list.push(one) - 1;
  };
  return { list, placeOf };
}
