/** What of a device on the page one person was granted (contract/grant.ts): the rest is not there, and what may only be looked at has no control. Pure. */

import {
  type Grant,
  mayArrange,
  mayInvoke,
  maySeeDevice,
  maySeeProperty,
  maySet,
  mayWatch,
} from "../contract/grant.ts";
import type { Option, PageDevice, PageTile, TextWidget, Widget } from "../contract/page.ts";

/** The very device where nothing of it is withheld, so that what was made of it serves everybody; undefined where it may not be seen. */
export function grantedDevice(device: PageDevice, grant: Grant): PageDevice | undefined {
  const { id, hasStream, ...rest } = device;
  if (!maySeeDevice(grant, id)) return undefined;
  if (hasStream === true && !mayWatch(grant, id)) return grantedDevice({ id, ...rest }, grant);
  const { tile, sections, compact, roles, values } = device;
  if (mayArrange(grant, id)) return device;
  const isSeen = (property: string): boolean => maySeeProperty(grant, id, property);
  const granted = Object.entries(device.widgets).flatMap(([name, widget]): [string, Widget][] => {
    const kept = grantedWidget(device, name, widget, grant);
    return kept === undefined ? [] : [[name, kept]];
  });
  const widgets = Object.fromEntries(granted);
  const isIn = (name: string): boolean => Object.hasOwn(widgets, name);
  const seen = <T>(from: { readonly [property: string]: T }, nameOf: (entry: [string, T]) => string) =>
    Object.fromEntries(Object.entries(from).filter((entry) => isSeen(nameOf(entry))));
  const place = roles["installationLocation"];
  return {
    ...device,
    isPartial: true,
    // The device tells its place by a property like any other, where nobody chose another.
    room: place === undefined || isSeen(place) || device.appearance?.room !== undefined ? device.room : null,
    tile: grantedTile(tile, widgets),
    sections: sections
      .map((section) => ({ ...section, items: section.items.filter(isIn) }))
      .filter(({ items }) => items.length > 0),
    compact: compact.filter(isIn),
    widgets,
    roles: seen(roles, ([, property]) => property),
    values: seen(values, ([property]) => property),
    ...(device.histories === undefined ? {} : { histories: seen(device.histories, ([property]) => property) }),
  };
}

/** A control that is not this person's is said in words; an action that is not theirs is not there. */
function grantedWidget(device: PageDevice, name: string, widget: Widget, grant: Grant): Widget | undefined {
  if (widget.widget === "action") return mayInvoke(grant, device.id, name) ? widget : undefined;
  if (widget.widget === "transport") return grantedDeck(device, name, widget, grant);
  if (!maySeeProperty(grant, device.id, name)) return undefined;
  if (widget.widget === "text" || maySet(grant, device.id, name)) return widget;
  const role = Object.keys(device.roles).find((key) => device.roles[key] === name) ?? "";
  return { titles: widget.titles, ...inWords(widget), role };
}

/** The keys that are this person's; what the deck does is told to who may see it. */
function grantedDeck(
  device: PageDevice,
  name: string,
  widget: Extract<Widget, { widget: "transport" }>,
  grant: Grant,
): Widget | undefined {
  const isSeen = maySeeProperty(grant, device.id, name);
  const keys = widget.keys.filter(({ action }) =>
    action === undefined ? isSeen && maySet(grant, device.id, name) : mayInvoke(grant, device.id, action),
  );
  if (keys.length > 0) return { ...widget, keys, options: isSeen ? widget.options : [] };
  return isSeen && widget.options.length > 0
    ? { titles: widget.titles, ...inWords(widget), role: "transportState" }
    : undefined;
}

function inWords(widget: Widget): Omit<TextWidget, "role"> {
  const text = (words: readonly Option[] = [], unit = "", step = 0) =>
    ({ widget: "text", unit, step, words, isSet: true }) as const;
  if (widget.widget === "switch") return text([widget.on, widget.off]);
  if (widget.widget === "stepper" || widget.widget === "slider") return text(widget.words, widget.unit, widget.step);
  return text("options" in widget ? widget.options : []);
}

/** The number that a tile's control sets is worth to be read large where it cannot be set. */
function grantedTile({ toggle, value, state, control }: PageTile, widgets: PageDevice["widgets"]): PageTile {
  const find = (name: string | undefined): Widget | undefined =>
    name !== undefined && Object.hasOwn(widgets, name) ? widgets[name] : undefined;
  const steered = find(control);
  const isNumber = steered?.widget === "text" && steered.step > 0;
  const shown = find(value) !== undefined ? value : isNumber ? control : undefined;
  return {
    ...(toggle === undefined || find(toggle) === undefined ? {} : { toggle }),
    ...(shown === undefined ? {} : { value: shown }),
    state: state.filter((name) => find(name) !== undefined),
    ...(control === undefined || steered === undefined || steered.widget === "text" ? {} : { control }),
  };
}
