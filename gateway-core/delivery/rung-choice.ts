/**
 * Which rung a viewer gets, by how fast they take it. Down as soon as it is seen that they cannot follow; up only after a
 * time of calm, which doubles each time that a step up did not hold: so it never goes to and fro. Pure.
 */

export interface RungChoice {
  /** 0 is the best. */
  readonly rung: number;
  /** When it was chosen, in milliseconds. */
  readonly since: number;
  /** How the rung was come to. */
  readonly by: "start" | "down" | "up";
  /** Since when nothing has had to wait. */
  readonly calmSince: number;
  /** Steps up that did not hold, and the fall that went before them. */
  readonly falls: number;
  /** What was sent when something began to wait: from there the drain is measured. */
  readonly behindFrom: { readonly at: number; readonly octets: number } | undefined;
}

export interface DrainSample {
  /** Milliseconds. */
  readonly now: number;
  /** Seconds of media that wait for the viewer. */
  readonly waitingSeconds: number;
  /** Octets that the viewer has taken in all. */
  readonly sentOctets: number;
}

/** So much waits between two fragments without anybody being slow. */
const behindSeconds = 0.3;
const tooMuchSeconds = 1;
/** A rung that was just gone up to has to prove itself. */
const tooMuchOnTrialSeconds = 0.5;
const trialMs = 5_000;
/** A step bears fruit only once what waited has gone. */
const settlingMs = 1_500;
const measureMs = 500;
/** Of a measured drain: how much a rung may take. */
const usableShare = 0.85;
const firstCalmMs = 15_000;
const longestCalmMs = 240_000;
/** A rung that held for so long has proven itself. */
const provenMs = 60_000;

export function startRung(now: number): RungChoice {
  return { rung: 0, since: now, by: "start", calmSince: now, falls: 0, behindFrom: undefined };
}

/** `kbps`: what each rung takes, best first. */
export function chooseRung(before: RungChoice, sample: DrainSample, kbps: readonly number[]): RungChoice {
  const { now, waitingSeconds, sentOctets } = sample;
  const isSetBack = now < before.since;
  const choice = isSetBack ? { ...before, since: now, calmSince: now, behindFrom: undefined } : before;
  const isBehind = waitingSeconds > behindSeconds;
  const isProven = !isBehind && choice.falls > 0 && choice.by === "up" && now - choice.since >= provenMs;
  const seen: RungChoice = {
    ...choice,
    calmSince: isBehind ? now : choice.calmSince,
    behindFrom: isBehind ? (choice.behindFrom ?? { at: now, octets: sentOctets }) : undefined,
    falls: isProven ? 0 : choice.falls,
  };
  return isTooMuch(seen, sample) ? stepDown(seen, sample, kbps) : stepUp(seen, now);
}

function isTooMuch({ by, since }: RungChoice, { now, waitingSeconds }: DrainSample): boolean {
  if (by === "down" && now - since < settlingMs) return false;
  const isOnTrial = by === "up" && now - since < trialMs;
  return waitingSeconds >= (isOnTrial ? tooMuchOnTrialSeconds : tooMuchSeconds);
}

function stepDown(choice: RungChoice, { now, sentOctets }: DrainSample, kbps: readonly number[]): RungChoice {
  const lowest = kbps.length - 1;
  if (choice.rung >= lowest) return choice;
  const { at, octets } = choice.behindFrom ?? { at: now, octets: sentOctets };
  const drain = now - at < measureMs ? Number.POSITIVE_INFINITY : ((sentOctets - octets) * 8) / (now - at);
  const fits = kbps.findIndex((one, rung) => rung > choice.rung && one <= drain * usableShare);
  const rung = fits < 0 ? lowest : fits;
  return { rung, since: now, by: "down", calmSince: now, falls: choice.falls + 1, behindFrom: undefined };
}

function stepUp(choice: RungChoice, now: number): RungChoice {
  const calmMs = Math.min(longestCalmMs, firstCalmMs * 2 ** choice.falls);
  if (choice.rung === 0 || now - choice.calmSince < calmMs) return choice;
  return { ...choice, rung: choice.rung - 1, since: now, by: "up", calmSince: now };
}
