/**
 * The controller of a screen that a device sends (HAVi 1.1, DDI, as reconstructed): fetches its panels, keeps them as the
 * device tells changes, and tells the device what people do on it. The root panel stays; beside it stands the panel that
 * the device or a person turned to last.
 */

import type { Log } from "../contract/clock.ts";
import { HomeError, toHomeError } from "../contract/errors.ts";
import type { Json, JsonObject } from "../contract/json.ts";
import { contentKey } from "./havi/ddi-element.ts";
import { childrenOf, type DdiScreen, elementKey, isSameForm, screenOf } from "./havi/ddi-screen.ts";
import { labelOf, listOf, objectOf } from "./havi/ddi-words.ts";
import { operationForm } from "./havi/operation-form.ts";
import type { HaviMessenger } from "./havi-messenger.ts";
import { screenCallback } from "./havi-news.ts";

export interface HaviScreen {
  /** Subscribes and fetches, unless that has been done in this generation. @throws HomeError as HaviMessenger.call does. */
  open(signal: AbortSignal): Promise<void>;
  readonly screen: DdiScreen;
  /** Takes what NotifyDdiChange told. */
  takeChange(change: JsonObject): void;
  /** @throws HomeError `value-invalid`, and as HaviMessenger.call does. */
  act(name: string, value: Json, signal: AbortSignal): Promise<void>;
  /** `isForm`: the controls are others, not only what they show. */
  onChange(listener: (isForm: boolean) => void): () => void;
}

export interface HaviScreenOptions {
  readonly seid: string;
  readonly messenger: HaviMessenger;
  /** The generation in which its node stands on the bus; undefined while it does not. */
  readonly generation: () => number | undefined;
  readonly log: Log;
  /** The session's life. */
  readonly signal: AbortSignal;
}

const subscribe = operationForm("DdiTarget", "Subscribe");
const getPanel = operationForm("DdiTarget", "GetDdiPanel");
const getElements = operationForm("DdiTarget", "GetDdiElementList");
const getContent = operationForm("DdiTarget", "GetDdiContent");
const userAction = operationForm("DdiTarget", "UserAction");

/** What one device can make us keep of its screen. */
const mostElements = 300;
const mostDepth = 4;
/** Changes that wait to be followed; with more, the screen is fetched whole. */
const mostChanges = 32;

export function createHaviScreen({ seid, messenger, generation, log, signal: life }: HaviScreenOptions): HaviScreen {
  let elements = new Map<string, JsonObject>();
  const texts = new Map<string, string>();
  let panels: readonly string[] = [];
  let screen = screenOf({ elements, texts, panels });
  let openedIn: number | undefined;
  /** What is under way at the device; one step at a time, so that an older answer never overwrites a newer one. */
  let work: Promise<unknown> = Promise.resolve();
  let changes = 0;
  let hasComplained = false;
  const listeners = new Set<(isForm: boolean) => void>();

  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const turn = work.then(act, act);
    work = turn.catch(() => undefined);
    return turn;
  };

  /** Draws anew from what is known, and says how much is another. */
  function show(): void {
    const before = screen;
    screen = screenOf({ elements, texts, panels });
    const isForm = !isSameForm(before, screen);
    if (!isForm && JSON.stringify(before.values) === JSON.stringify(screen.values)) return;
    for (const listener of [...listeners]) listener(isForm);
  }

  function keep(element: JsonObject): void {
    const key = elementKey(element["id"]);
    if (elements.has(key) || elements.size < mostElements) elements.set(key, element);
  }

  /** Forgets what stands on no panel of these: a device may make each panel, and each text, anew. */
  function keepOnly(shown: readonly string[]): void {
    const kept = new Map<string, JsonObject>();
    const add = (key: string): void => {
      const element = elements.get(key);
      if (element === undefined || kept.has(key)) return;
      kept.set(key, element);
      for (const id of childrenOf(element)) add(elementKey(id));
    };
    for (const panel of shown) add(panel);
    elements = kept;
    const contents = new Set(Array.from(kept.values(), ({ content }) => contentKey(content)));
    for (const key of texts.keys()) if (!contents.has(key)) texts.delete(key);
  }

  async function fetchPanel(id: Json, signal: AbortSignal): Promise<void> {
    const { panel, elements: own } = await messenger.call(seid, getPanel, { element: id }, signal);
    keep({ ...objectOf(panel), id, type: objectOf(id)["type"] ?? null });
    for (const element of listOf(own).map(objectOf)) await keepWhole(element, signal);
    await fetchMissing(childrenOf(elements.get(elementKey(id))), signal, 0);
  }

  /** Elements that stand in a container and were not sent with it. */
  async function fetchMissing(ids: readonly Json[], signal: AbortSignal, depth: number): Promise<void> {
    const missing = ids.filter((id) => !elements.has(elementKey(id))).slice(0, mostElements - elements.size);
    if (missing.length > 0) await fetchElements(missing, signal);
    if (depth >= mostDepth) return;
    for (const id of ids) await fetchMissing(childrenOf(elements.get(elementKey(id))), signal, depth + 1);
  }

  async function fetchElements(ids: readonly Json[], signal: AbortSignal): Promise<void> {
    const { elements: fetched } = await messenger.call(seid, getElements, { elements: ids }, signal);
    for (const element of listOf(fetched).map(objectOf)) await keepWhole(element, signal);
  }

  /** A text stands behind a handle of its own; it may be another each time. */
  async function keepWhole(element: JsonObject, signal: AbortSignal): Promise<void> {
    keep(element);
    const { content } = element;
    if (objectOf(content)["type"] !== "UNICODE") return;
    const { content: told } = await messenger.call(seid, getContent, { content: content ?? null }, signal);
    texts.set(contentKey(content), labelOf(objectOf(told)["text"]));
  }

  /** The panel that the device turned to, what has changed, and panels that are no more. */
  async function apply({ targetPanel, changed, deletedPanels }: JsonObject, signal: AbortSignal): Promise<void> {
    const [root = ""] = panels;
    const target = elementKey(targetPanel);
    const gone = new Set(listOf(deletedPanels).map(elementKey));
    const others = panels.slice(1).filter((panel) => !gone.has(panel));
    const ids = listOf(changed).filter((id) => elements.has(elementKey(id)));
    if (ids.length > 0) await fetchElements(ids, signal);
    for (const id of ids) await fetchMissing(childrenOf(elements.get(elementKey(id))), signal, 0);
    if (targetPanel !== undefined && target !== root && !gone.has(target)) {
      // Before: it may need the room.
      keepOnly([root, target]);
      await fetchPanel(targetPanel, signal);
      panels = [root, target];
    } else panels = target === root ? [root] : [root, ...others];
    keepOnly(panels);
    show();
  }

  /** What cannot be followed is fetched whole the next time. */
  function lose(thrown: unknown): void {
    openedIn = undefined;
    if (life.aborted || hasComplained) return;
    hasComplained = true;
    log.write("warn", "screen-not-read", { element: seid, error: toHomeError(thrown).toBody() });
  }

  async function fetchAll(signal: AbortSignal): Promise<void> {
    const now = generation();
    if (now !== undefined && now === openedIn) return;
    const { rootPanel } = await messenger.call(seid, subscribe, { callback: screenCallback, scope: "GLOBAL" }, signal);
    elements = new Map();
    texts.clear();
    await fetchPanel(rootPanel ?? null, signal);
    panels = [elementKey(rootPanel)];
    openedIn = now;
    show();
  }

  return {
    open: (signal) => inTurn(() => fetchAll(signal)),
    get screen() {
      return screen;
    },
    takeChange(change) {
      if (changes >= mostChanges) return lose(new HomeError("device-busy", "its screen changes too fast"));
      changes++;
      inTurn(() => apply(change, life))
        .catch(lose)
        .finally(() => changes--);
    },
    act: (name, value, signal) =>
      inTurn(async () => {
        const item = screen.items.get(name);
        if (item === undefined) throw new HomeError("unknown-property", `its screen has no ${name} now`, { name });
        for (const action of item.act(value)) {
          const fields = { element: item.element, action };
          const outcome = await messenger.call(seid, userAction, fields, signal);
          await apply(outcome, signal).catch((thrown) => lose(thrown));
        }
      }),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
