/**
 * Through which engine each visitor of one home looks: one for all who are shown the same, fed with just that. What is hidden
 * from some never comes near them, whatever an engine does with filters and sessions (docs/decisions/006-engine-per-grant.md).
 */

import type { Connection } from "aedes";
import type { Grant } from "../../gateway-core/contract/grant.ts";
import { shownPayload, viewKey } from "./grant-view.ts";
import { type HomeEngine, openHomeEngine, type RuleOptions } from "./home-engine.ts";
import { insideTopic, outsideTopic } from "./topic-rules.ts";
import type { Visitor } from "./visitor.ts";

/** A place at an engine, to be left once. */
export interface Seat {
  /** @throws what aedes throws when it cannot be opened. */
  serve(socket: Connection, visitor: Visitor): Promise<void>;
  /** Tells only those who look through the same engine. */
  tell(topic: string, payload: string): void;
  leave(): void;
}

export interface HomeViews {
  seat(grant: Grant): Seat;
  /** To all, each as they are shown it; topics as the home names them. */
  publish(topic: string, payload: string): void;
  /** What is retained of the topic now, likewise, no faster than each reads. */
  tell(topic: string): void;
  close(): void;
}

interface View {
  readonly grant: Grant;
  readonly opening: Promise<HomeEngine>;
  engine?: HomeEngine;
  seats: number;
}

/** `retained`: the home's own names of topics, and payloads. */
export function createHomeViews(options: RuleOptions, retained: () => ReadonlyMap<string, string>): HomeViews {
  const { number } = options;
  const views = new Map<string, View>();

  function* topics(): Generator<string> {
    for (const topic of retained().keys()) yield outsideTopic(number, topic);
  }

  const forget = (key: string, view: View): void => {
    if (views.get(key) === view) views.delete(key);
  };

  function open(key: string, grant: Grant): View {
    const payload = (outside: string): string | undefined => {
      const topic = insideTopic(number, outside) ?? "";
      return shownPayload(grant, topic, retained().get(topic) ?? "");
    };
    const opening = openHomeEngine({ ...options, retained: { topics, payload } });
    const view: View = { grant, opening, seats: 0 };
    views.set(key, view);
    opening.then(
      (engine) => {
        view.engine = engine;
        if (view.seats === 0) engine.close();
      },
      () => forget(key, view),
    );
    return view;
  }

  return {
    seat(grant) {
      const key = viewKey(grant);
      const view = views.get(key) ?? open(key, grant);
      view.seats++;
      return {
        async serve(socket, visitor) {
          (await view.opening).handle(socket, visitor);
        },
        tell: (topic, payload) => view.engine?.publish(outsideTopic(number, topic), payload),
        leave() {
          view.seats--;
          if (view.seats > 0) return;
          forget(key, view);
          view.engine?.close();
        },
      };
    },
    publish(topic, payload) {
      for (const { grant, engine } of views.values()) {
        const shown = engine === undefined ? undefined : shownPayload(grant, topic, payload);
        if (shown !== undefined) engine?.publish(outsideTopic(number, topic), shown);
      }
    },
    tell(topic) {
      for (const { engine } of views.values()) engine?.tell(outsideTopic(number, topic));
    },
    close() {
      for (const { engine } of views.values()) engine?.close();
      views.clear();
    },
  };
}
