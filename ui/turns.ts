/**
 * Draws what is many in turns, so that no touch waits for all of it: what is in sight or near it first, the rest when the
 * browser has nothing better to do. Until its turn an element shows what the gateway printed.
 */

/** Drawn without waiting: somewhat more than a telephone's first screen. */
const atOnce = 12;
/** Of a turn. With the layout that follows it stays below a long task, on a slow telephone too. */
const turnMs = 10;
/** Who is busy all the time draws a little nevertheless. */
const idleTimeoutMs = 200;
/** What comes next when somebody scrolls. */
const nearMargin = "100% 0px";

type Draw = () => void;

export class Turns {
  /** In the order of the page. */
  readonly #waiting = new Map<Element, Draw>();
  readonly #near = new Set<Element>();
  #observer: IntersectionObserver | undefined;
  #free = atOnce;
  #isPlanned = false;

  /** Draws the element when it is its turn: at once, while only few are to be drawn. */
  take(element: Element, draw: Draw): void {
    this.#plan();
    if (this.#free > 0) {
      this.#free--;
      draw();
    } else {
      this.#waiting.set(element, draw);
      this.#observer ??= new IntersectionObserver(this.#notice, { rootMargin: nearMargin });
      this.#observer.observe(element);
    }
  }

  /** What comes into sight goes before all others. */
  readonly #notice = (entries: readonly IntersectionObserverEntry[]): void => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) this.#near.add(target);
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
    if ("requestIdleCallback" in window) requestIdleCallback(turn, { timeout: idleTimeoutMs });
    else setTimeout(turn);
  }

  #turn(): void {
    this.#free = atOnce;
    const until = performance.now() + turnMs;
    for (let next = this.#next(); next !== undefined && performance.now() < until; next = this.#next()) {
      const draw = this.#waiting.get(next);
      this.#forget(next);
      draw?.();
    }
    if (this.#near.size > 0) setTimeout(() => this.#turn());
    else if (this.#waiting.size > 0) this.#plan();
  }

  #next(): Element | undefined {
    const [near] = this.#near;
    return near ?? this.#waiting.keys().next().value;
  }

  #forget(element: Element): void {
    this.#waiting.delete(element);
    this.#near.delete(element);
    this.#observer?.unobserve(element);
  }
}
