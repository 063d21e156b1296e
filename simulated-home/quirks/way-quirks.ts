/** Quirks of the way that answers and announcements take: when, from which port, to whom, how often. */

import type { Quirk } from "./quirk.ts";

/** A Get to everybody is answered twice, the second time from another port with another TID. */
export const answersMulticastTwice: Quirk = {
  answers: (replies, { isMulticast }) =>
    isMulticast
      ? replies.flatMap((reply) => {
          const { frame } = reply;
          const again = { ...reply, frame: { ...frame, tid: (frame.tid + 1) & 0xffff }, isFromOtherPort: true };
          return [reply, again];
        })
      : replies,
};

/** Announces to the object that asked last instead of the node profile of everybody. */
export const announcesToAsker: Quirk = {
  announces: (frame, askedBy) => (askedBy === undefined ? frame : { ...frame, deoj: askedBy }),
};

/** Every n-th answer comes late, perhaps after the question was asked again. */
export function lateReplies({ ms, every = 1 }: { readonly ms: number; readonly every?: number }): Quirk {
  let count = 0;
  return {
    answers(replies) {
      count += 1;
      return count % every === 0 ? replies.map((reply) => ({ ...reply, lateMs: ms })) : replies;
    },
  };
}

/** Answers come from a port that is not the protocol's. */
export const repliesFromAnyPort: Quirk = {
  answers: (replies) => replies.map((reply) => ({ ...reply, isFromOtherPort: true })),
};
