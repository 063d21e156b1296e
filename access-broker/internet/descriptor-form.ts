/** The operator's page with its form to publish a descriptor, wherever it stands: what was typed comes again with what is wrong with it. */

import type { Clock } from "../../gateway-core/contract/clock.ts";
import { toHomeError } from "../../gateway-core/contract/errors.ts";
import type { JsonObject } from "../../gateway-core/contract/json.ts";
import { pageAnswer } from "./answers.ts";
import { type OperatorFacts, operatorPage, type PagePlace, type PublishForm } from "./operator-pages.ts";
import { readForm, type Visit } from "./visit.ts";
import type { Speech, Word } from "./words.ts";

const longestForm = 1_000_000;

/** @throws HomeError `descriptor-invalid`, `value-invalid` */
export type Publish = (
  descriptor: unknown,
  model: string,
) => Promise<{ readonly type: string; readonly version: string; readonly isNew: boolean }>;

export interface DescriptorFormOptions {
  readonly clock: Clock;
  readonly facts: (visit: Visit) => Promise<OperatorFacts>;
  readonly place: (speech: Speech) => PagePlace;
  /** Stands in the form and tells it from another page's, where no session does. */
  readonly token?: () => string;
}

export function createDescriptorForm({ clock, facts, place, token }: DescriptorFormOptions) {
  async function show(visit: Visit, more: Omit<PublishForm, "token"> = {}, status = 200): Promise<Response> {
    const form = { ...(token === undefined ? {} : { token: token() }), ...more };
    return pageAnswer(operatorPage(await facts(visit), form, visit.speech, place(visit.speech)), visit, status);
  }

  return {
    show: (visit: Visit): Promise<Response> => show(visit),

    async take(visit: Visit, publish: Publish): Promise<Response> {
      const form = await readForm(visit, clock, longestForm);
      const [descriptor = "", model = ""] = [form.get("descriptor") ?? "", form.get("model") ?? ""];
      const typed = { descriptor, model };
      const say = (word: Word, about: JsonObject = {}): string =>
        visit.speech.say(word, Object.fromEntries(Object.entries(about).map(([name, value]) => [name, String(value)])));
      if (token !== undefined && form.get("token") !== token()) {
        return show(visit, { ...typed, alert: say("opOld") }, 403);
      }
      let value: unknown;
      try {
        value = JSON.parse(descriptor);
      } catch {
        return show(visit, { ...typed, alert: say("opNoJson") }, 422);
      }
      try {
        const { type, version, isNew } = await publish(value, model.trim());
        return await show(visit, { done: say(isNew ? "opPublished" : "opUnchanged", { type, version }) });
      } catch (thrown) {
        const { code, message, details } = toHomeError(thrown);
        if (code === "internal") throw thrown;
        const reason = typeof details["path"] === "string" ? `${details["path"]}: ${message}` : message;
        return show(visit, { ...typed, alert: say("opInvalid", { reason }) }, 422);
      }
    },
  };
}
