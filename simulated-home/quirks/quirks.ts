/** The switches of a scenario's `quirks` (scenario.schema.json), made the quirks of one node. */

import * as answer from "./answer-quirks.ts";
import type { Quirk } from "./quirk.ts";
import * as way from "./way-quirks.ts";

/** Each switch by its name; the schema holds their values. */
export interface QuirkSwitches {
  readonly deafAboveEpcs?: number;
  readonly silentEpcs?: readonly string[];
  readonly firstEpcsOnly?: number;
  readonly mapCountError?: number;
  readonly oneReplyPerEpc?: boolean;
  readonly silentInsteadOfSna?: boolean;
  readonly snaWithGoodValues?: boolean;
  readonly infCResCarriesEdt?: boolean;
  readonly instance00AnsweredFrom01?: boolean;
  readonly ownTid?: number;
  readonly opcError?: number;
  readonly answersMulticastTwice?: boolean;
  readonly repliesFromAnyPort?: boolean;
  readonly lateReplies?: { readonly ms: number; readonly every?: number };
  readonly announcesToAsker?: boolean;
  readonly clipsSets?: boolean;
}

/** In the order in which they take hold of an answer. */
export function quirksOf(switches: QuirkSwitches): readonly Quirk[] {
  const { deafAboveEpcs, silentEpcs, firstEpcsOnly, mapCountError, ownTid, opcError, lateReplies } = switches;
  const made: readonly (Quirk | false | undefined)[] = [
    deafAboveEpcs !== undefined && answer.deafAboveEpcs(deafAboveEpcs),
    silentEpcs !== undefined && answer.silentEpcs(silentEpcs),
    firstEpcsOnly !== undefined && answer.firstEpcsOnly(firstEpcsOnly),
    mapCountError !== undefined && answer.mapCountError(mapCountError),
    switches.oneReplyPerEpc && answer.oneReplyPerEpc,
    switches.silentInsteadOfSna && answer.silentInsteadOfSna,
    switches.snaWithGoodValues && answer.snaWithGoodValues,
    switches.infCResCarriesEdt && answer.infCResCarriesEdt,
    switches.instance00AnsweredFrom01 && answer.instance00AnsweredFrom01,
    ownTid !== undefined && answer.ownTid(ownTid),
    opcError !== undefined && answer.opcError(opcError),
    switches.answersMulticastTwice && way.answersMulticastTwice,
    switches.repliesFromAnyPort && way.repliesFromAnyPort,
    lateReplies !== undefined && way.lateReplies(lateReplies),
    switches.announcesToAsker && way.announcesToAsker,
    switches.clipsSets && { clips: true },
  ];
  return made.filter((quirk) => typeof quirk === "object");
}
