/**
 * Draws what is many in turns, so that no touch waits for all of it: the first at once, then what is in sight or near it,
 * then what stands there as the gateway printed it. What does not stand there yet is drawn when somebody comes near.
 */

/** Drawn without waiting: somewhat more than a telephone's first screen. */
const atOnce = 12;
/** Of a turn. With the layout that follows it stays below a long task, on a slow telephone too. */
const turnMs = 5;
/** Who is busy all the time draws a little nevertheless. */
const idleTimeoutMs = 200;
/** What comes next when somebody scrolls. */
const nearMargin = "150% 0px";

type Draw = () => void;

export class Turns {
  readonly #waiting = new Map<Element, Draw>();
  /** Those of them that can be used as they are, but better when they are drawn. */
  readonly #printed = new Set<Element>();
  readonly #near = new Set<Element>();
  #observer: IntersectionObserver | undefined;
  #free = atOnce;
  #isPlanned = false;

  /** Draws the element when it is its turn: at once, while only few are to be drawn. */
  take(element: Element, isPrinted: boolean, draw: Draw): void {
    if (this.#free > 0) {
      this.#free--;
      draw();
    } else {
      this.#waiting.set(element, draw);
      if (isPrinted) this.#printed.add(element);
      this.#observer ??= new IntersectionObserver(this.#notice, { rootMargin: nearMargin });
      this.#observer.observe(element);
    }
    this.#plan();
  }

  /** What comes near goes before all others. */
  readonly #notice = (entries: readonly IntersectionObserverEntry[]): void => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting && this.#waiting.has(target)) this.#near.add(target);
      else this.#near.delete(target);
    }
    if (this.#near.size > 0) this.#turn();
  };

  #plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    const turn = (): void => {
      this.#isPlanned = false;
      this.#turn();
    };
    // Safari has no idle time to give.
    if (this.#near.size > 0 || !("requestIdleCallback" in window)) setTimeout(turn);
    else requestIdleCallback(turn, { timeout: idleTimeoutMs });
  }

  #turn(): void {
    this.#free = atOnce;
    const until = performance.now() + turnMs;
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const draw = this.#waiting.get(next);
      this.#forget(next);
      draw?.();
      if (performance.now() > until) break;
    }
    if (this.#next() !== undefined) this.#plan();
  }

  #next(): Element | undefined {
    const [near] = this.#near;
    const [printed] = this.#printed;
    return near ?? printed;
  }

  #forget(element: Element): void {
    this.#waiting.delete(element);
    this.#printed.delete(element);
    this.#near.delete(element);
    this.#observer?.unobserve(element);
  }
}
