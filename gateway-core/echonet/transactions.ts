/** Requests and their answers: joined by TID as far as nodes copy it, timed by what each node needs, one in flight for each node. */

import type { Clock, Timer } from "../contract/clock.ts";
import { HomeError } from "../contract/errors.ts";
import { type Answer, AnswerCollector, isAnswerTo, type Request } from "./answer.ts";
import { controllerEoj } from "./eoj.ts";
import type { Frame } from "./frame.ts";
import type { Messenger } from "./messenger.ts";
import { NodeQueue, type Priority } from "./node-queue.ts";
import { RoundTrip } from "./round-trip.ts";
import type { Pace } from "./transport.ts";

export interface Exchange {
  readonly address: string;
  readonly request: Request;
  readonly priority: Priority;
  /** How often to ask before the node counts as silent; 1 for what must not be done twice. */
  readonly attempts: number;
  readonly signal: AbortSignal;
}

export interface Transactions {
  readonly pace: Pace;
  /** @throws HomeError `device-silent` when no attempt is answered; the signal's reason when it aborts. */
  exchange(exchange: Exchange): Promise<Answer>;
  /** Takes every frame that arrives; what answers nothing is passed over. */
  receive(from: string, frame: Frame): void;
  /** A node answered something that was not asked by an exchange: tells how long that took. */
  learn(address: string, ms: number): void;
  /** Forgets what was learned of an address. */
  forget(address: string): void;
}

interface Pending {
  readonly request: Request;
  readonly priority: Priority;
  /** Of each attempt so far: an answer to an earlier one is as good. */
  readonly tids: ReadonlySet<number>;
  readonly collector: AnswerCollector;
  /** Resolves the attempt: with the answer, or undefined for silence. */
  readonly end: (answer: Answer | undefined) => void;
  /** Gives the attempt up if no answer comes in the usual time: nobody waits for it, and somebody waits behind it. */
  readonly hurry: () => void;
  timer: Timer;
}

interface Peer {
  readonly queue: NodeQueue;
  readonly roundTrip: RoundTrip;
  /** When each of the last TIDs was sent: an answer that is late still tells how long this node takes. */
  readonly sentAt: Map<number, number>;
  pending: Pending | undefined;
}

const mostTidsKept = 32;

export function createTransactions(messenger: Messenger, clock: Clock, pace: Pace): Transactions {
  const peers = new Map<string, Peer>();

  function peerAt(address: string): Peer {
    const known = peers.get(address);
    if (known !== undefined) return known;
    const roundTrip = new RoundTrip(pace);
    const peer: Peer = { queue: new NodeQueue(), roundTrip, sentAt: new Map(), pending: undefined };
    peers.set(address, peer);
    return peer;
  }

  /** One frame and the wait for its answer; undefined for silence. */
  function attempt(
    peer: Peer,
    { address, request, priority, signal }: Exchange,
    tids: Set<number>,
    waitMs: number,
  ): Promise<Answer | undefined> {
    return new Promise((resolve, reject) => {
      const tid = messenger.freshTid();
      const sentAt = clock.now();
      tids.add(tid);
      const leave = (): void => {
        pending.timer.cancel();
        signal.removeEventListener("abort", onAbort);
        peer.pending = undefined;
      };
      const end = (answer: Answer | undefined): void => {
        leave();
        resolve(answer);
      };
      const onAbort = (): void => {
        leave();
        reject(signal.reason);
      };
      const giveWay = (): void => {
        leave();
        reject(new HomeError("device-busy", `asking ${address} gave way to a set`, { address }));
      };
      const pending: Pending = {
        request,
        priority,
        tids,
        collector: new AnswerCollector(request),
        end,
        hurry() {
          pending.timer.cancel();
          pending.timer = clock.after(peer.roundTrip.usualMs() - (clock.now() - sentAt), giveWay);
        },
        timer: clock.after(waitMs, () => end(undefined)),
      };
      peer.pending = pending;
      remember(peer.sentAt, tid, sentAt);
      signal.addEventListener("abort", onAbort, { once: true });
      messenger.send(
        { tid, seoj: controllerEoj, deoj: request.eoj, esv: request.esv, properties: request.properties },
        address,
      );
    });
  }

  /**
   * A frame with another TID answers too, if it answers what was asked: some nodes do not copy the TID. But not one
   * that this node was asked with before: that is a late answer to an earlier question.
   */
  function answers(peer: Peer, { tids, request }: Pending, frame: Frame): boolean {
    return isAnswerTo(request, frame) && (tids.has(frame.tid) || !peer.sentAt.has(frame.tid));
  }

  return {
    pace,

    async exchange(exchange) {
      const { address, request, priority, attempts, signal } = exchange;
      const peer = peerAt(address);
      const tids = new Set<number>();
      if (priority === "set" && peer.pending?.priority === "poll") peer.pending.hurry();
      for (let number = 0; number < attempts; number++) {
        const waitMs = (): number => peer.roundTrip.timeoutMs(number);
        const answer = await peer.queue.run(priority, () => attempt(peer, exchange, tids, waitMs()), signal);
        if (answer !== undefined) return answer;
      }
      throw new HomeError("device-silent", `${address} did not answer ${request.esv} within ${attempts} attempts`, {
        address,
        attempts,
      });
    },

    receive(from, frame) {
      const peer = peers.get(from);
      if (peer === undefined) return;
      const sentAt = peer.sentAt.get(frame.tid);
      if (sentAt !== undefined && frame.deoj === controllerEoj) peer.roundTrip.sample(clock.now() - sentAt);
      const { pending } = peer;
      if (pending === undefined || !answers(peer, pending, frame)) return;
      const { collector, end, timer } = pending;
      if (collector.take(frame)) return end(collector.finish());
      timer.cancel();
      pending.timer = clock.after(peer.roundTrip.restMs(), () => end(collector.finish()));
    },

    learn: (address, ms) => peerAt(address).roundTrip.sample(ms),

    forget: (address) => void peers.delete(address),
  };
}

function remember(sentAt: Map<number, number>, tid: number, now: number): void {
  sentAt.set(tid, now);
  for (const oldest of sentAt.keys()) {
    if (sentAt.size <= mostTidsKept) return;
    sentAt.delete(oldest);
  }
}
