/**
 * Draws what is many in turns, so that no touch waits for all of it: what is in sight or comes near it, then what has to
 * be drawn anew although nobody looks. What is still true as it stands waits until somebody comes near.
 */

/** Drawn without waiting: somewhat more than a telephone's first screen. */
const atOnce = 12;
/** Of a turn. With the layout that follows it stays below a long task, on a slow telephone too. */
const turnMs = 5;
/** Who is busy all the time draws a little nevertheless. */
const idleTimeoutMs = 200;
/** What comes next when somebody scrolls. */
const nearMargin = "100% 0px";

type Draw = () => void;

export class Turns {
  readonly #waiting = new Map<Element, Draw>();
  readonly #near = new Set<Element>();
  /** What cannot stay as it is, wherever it stands. */
  readonly #due = new Set<Element>();
  #observer: IntersectionObserver | undefined;
  #free = atOnce;
  #isPlanned = false;
  #isHeld = false;

  /** Draws the element when somebody comes near. */
  wait(element: Element, draw: Draw): void {
    this.#waiting.set(element, draw);
    this.#observer ??= new IntersectionObserver(this.#notice, { rootMargin: nearMargin });
    this.#observer.observe(element);
  }

  /** Draws the element at once while only few are to be drawn, and else when somebody comes near. */
  begin(element: Element, draw: Draw): void {
    if (this.#free > 0) {
      this.#free--;
      draw();
    } else {
      this.wait(element, draw);
    }
    this.#plan();
  }

  /** Draws what waits although nobody comes near. */
  hurry(element: Element): void {
    if (!this.#waiting.has(element)) return;
    this.#due.add(element);
    this.#plan();
  }

  /** It needs no turn any more. */
  forget(element: Element): void {
    this.#waiting.delete(element);
    this.#near.delete(element);
    this.#due.delete(element);
    this.#observer?.unobserve(element);
  }

  /** Nothing is drawn while it is held: what lies under a finger would be another thing when that is lifted. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.#plan();
  }

  /** What comes near goes before all others. */
  readonly #notice = (entries: readonly IntersectionObserverEntry[]): void => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting && this.#waiting.has(target)) this.#near.add(target);
      else this.#near.delete(target);
    }
    this.#plan();
  };

  #plan(): void {
    const isIdle = this.#next() === undefined && this.#free === atOnce;
    if (this.#isPlanned || this.#isHeld || isIdle) return;
    this.#isPlanned = true;
    // Safari has no idle time to give.
    if (this.#near.size > 0 || !("requestIdleCallback" in window)) setTimeout(this.#turn);
    else requestIdleCallback(this.#turn, { timeout: idleTimeoutMs });
  }

  readonly #turn = (): void => {
    this.#isPlanned = false;
    if (this.#isHeld) return;
    this.#free = atOnce;
    const until = performance.now() + turnMs;
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const draw = this.#waiting.get(next);
      this.forget(next);
      draw?.();
      if (performance.now() > until) break;
    }
    this.#plan();
  };

  #next(): Element | undefined {
    const [near] = this.#near;
    const [due] = this.#due;
    return near ?? due;
  }
}
