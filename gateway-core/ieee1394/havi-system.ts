/**
 * The system elements of this machine, so that others find in it what they find in every controller (an IAV): messaging
 * system, Registry, event manager (HAVi 1.1, as reconstructed). Its Registry tells its own elements; it has no devices to offer.
 */

import { toHomeError } from "../contract/errors.ts";
import type { JsonObject } from "../contract/json.ts";
import handles from "./havi/handles.json" with { type: "json" };
import { decodeFields, encodeFields, type OperationForm, operationForm } from "./havi/operation-form.ts";
import { attributesOf, matchesQuery } from "./havi/registry-query.ts";
import type { Rmi } from "./havi/rmi.ts";
import system from "./havi/system-elements.json" with { type: "json" };
import type { HaviMessenger, Serve } from "./havi-messenger.ts";
import type { HaviNews } from "./havi-news.ts";

/** Of these words for what another calls in vain; their numbers are those of every interface. */
const errors = { unknownMessage: 1, invalidParameter: 6, identifier: 0x82 };

type Operations = Readonly<Record<string, (fields: JsonObject, source: string) => JsonObject | number>>;

/** Puts the system elements into their places; what another event manager forwards is news. */
export async function serveSystem(messenger: HaviMessenger, news: HaviNews): Promise<void> {
  const guid = await messenger.guid();
  const elements = system.elements.map(({ handle, attributes }) => ({
    seid: `${guid}${handle}`,
    attributes: [...attributes, ...system.attributes],
  }));
  const known = elements.map(({ seid, attributes }) => ({ seid, octets: attributesOf(attributes) }));

  messenger.serve(
    handles.messaging,
    serving("Msg", {
      Ping: ({ target }) => ({
        isThere: elements.some(({ seid }) => seid === target) || target === guid + handles.client,
      }),
    }),
  );
  messenger.serve(
    handles.registry,
    serving("Registry", {
      GetElement: ({ query }) => ({
        seids: known.filter(({ octets }) => matchesQuery(query, octets)).map(({ seid }) => seid),
        isComplete: true,
      }),
      RetrieveAttributes(fields) {
        const element = elements.find(({ seid }) => seid === fields["seid"]);
        return element === undefined ? errors.identifier : { attributes: element.attributes };
      },
    }),
  );
  messenger.serve(
    handles.eventManager,
    serving("EventManager", {
      ForwardEvent(fields) {
        news.tellEvent(fields);
        return {};
      },
    }),
  );
}

function serving(api: string, operations: Operations): Serve {
  const forms = Object.entries(operations).map(([name, act]) => ({ form: operationForm(api, name), act }));
  return (source, rmi) => {
    const known = forms.find(({ form }) => form.api === rmi.api && form.operation === rmi.operation);
    return known === undefined ? errors.unknownMessage : answer(known.form, known.act, source, rmi);
  };
}

function answer(form: OperationForm, act: Operations[string], source: string, { payload }: Rmi): Uint8Array | number {
  try {
    const made = act(decodeFields(form.parameters, payload), source);
    return typeof made === "number" ? made : encodeFields(form.results, made);
  } catch (thrown) {
    // Its fields are none of this operation's.
    if (toHomeError(thrown).code !== "internal") return errors.invalidParameter;
    throw thrown;
  }
}
