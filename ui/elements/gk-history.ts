/** `<gk-history>`: how the numbers of one device went, as a chart and as a table. Fetched with its drawing when a sheet wants it. */

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { HistoryAnswer } from "../../gateway-core/contract/history.ts";
import { type HistoryRange, historyQuery, historyRanges } from "../../gateway-core/contract/history-range.ts";
import { sayPoint, sayRound, sayStep, saySummary, sumOf } from "../../gateway-core/contract/history-words.ts";
import type { PageDevice, Widget } from "../../gateway-core/contract/page.ts";
import { HistoryChart } from "../history-chart.ts";
import { withValue } from "../history-series.ts";
import { historyTexts } from "../history-texts.ts";
import type { Page } from "./control.ts";
import { historyTable } from "./history-table.ts";
import { LightElement } from "./light-element.ts";

/** After so long what was drawn is fetched anew: what came meanwhile only stands at its end. */
const freshMs = 5 * 60_000;

type Loaded = HistoryAnswer | "loading" | "failed" | "off";

export class GkHistory extends LightElement {
  static override properties = {
    device: { attribute: false },
    page: { attribute: false },
    minute: { attribute: false },
    chosen: { state: true },
    range: { state: true },
    loaded: { state: true },
    rows: { state: true },
    pointed: { state: true },
  };
  declare device: PageDevice;
  declare page: Page;
  declare minute: number;
  /** The property that is shown. */
  declare chosen: string | undefined;
  declare range: HistoryRange;
  declare loaded: Loaded;
  /** As a table has it; undefined until somebody wants one. */
  declare rows: HistoryAnswer | undefined;
  /** The step that is pointed at. */
  declare pointed: number | null;

  #chart: HistoryChart | undefined;
  #fetchedAt = 0;
  #asking: AbortController | undefined;

  constructor() {
    super();
    this.range = "day";
    this.loaded = "loading";
    this.pointed = null;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#asking?.abort();
    this.#chart?.destroy();
    this.#chart = undefined;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("device");
    const name = this.#name;
    const value = this.device.values[name]?.value;
    const old = before?.values[name]?.value;
    if (before === undefined || value === old || typeof value !== "number" || typeof this.loaded === "string") return;
    this.loaded = withValue(this.loaded, value, typeof old === "number" ? old : undefined, Date.now());
  }

  protected override updated(changed: PropertyValues<this>): void {
    const isOther = changed.has("chosen") || changed.has("range");
    if (isOther || Date.now() - this.#fetchedAt > freshMs) void this.#fetch(isOther);
    if (typeof this.loaded === "string") return;
    this.#chart ??= this.#newChart();
    if (changed.has("loaded")) this.#chart?.draw(this.loaded);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { texts } = this.#words;
    const widget = this.device.widgets[this.#name];
    if (widget === undefined || this.loaded === "off") return nothing;
    return html`<section class="rows history"><h3>${texts.history}</h3>
      <div class="history-choice">${this.#choice()}${this.#ranges()}</div>
      <p class="history-reading" aria-hidden="true">${this.#reading(widget)}</p>
      <div class="chart" ?data-empty=${this.#isEmpty} role="img" tabindex=${this.#isEmpty ? "-1" : "0"} aria-label=${this.#summary(widget)}
        @keydown=${this.#walk} @blur=${this.#leave}><p class="chart-note">${this.#note()}</p></div>
      <p class="unseen" aria-live="polite">${this.pointed === null ? "" : this.#reading(widget)}</p>
      ${
        this.#isEmpty
          ? nothing
          : html`<details class="history-rows" @toggle=${this.#toggleRows}><summary>${texts.table}</summary>
        ${this.rows === undefined ? nothing : historyTable(this.rows, widget, this.page.speech, texts)}</details>`
      }</section>`;
  }

  #choice(): TemplateResult | typeof nothing {
    const names = Object.keys(this.device.histories ?? {});
    if (names.length < 2) return nothing;
    const { speech, texts } = this.#words;
    const choose = ({ target }: Event): void => {
      if (target instanceof HTMLSelectElement) this.chosen = target.value;
    };
    return html`<select aria-label=${texts.choose} @change=${choose}>${names.map(
      (name) =>
        html`<option value=${name} .selected=${name === this.#name}>${this.device.widgets[name]?.titles[speech.language]}</option>`,
    )}</select>`;
  }

  #ranges(): TemplateResult {
    const { texts } = this.#words;
    return html`<div class="segments" role="radiogroup" aria-label=${texts.range}>${historyRanges.map(
      (
        range,
      ) => html`<label class="segment"><input type="radio" name="${this.device.id}/range" .checked=${range === this.range}
        @change=${() => {
          this.range = range;
        }} /><span>${texts.ranges[range]}</span></label>`,
    )}</div>`;
  }

  /** What is pointed at; else what the whole comes to. */
  #reading(widget: Widget): string {
    const answer = this.loaded;
    if (typeof answer === "string" || answer.points.length === 0) return "";
    const { speech, texts } = this.#words;
    const say = (value: number): string => sayPoint(widget, value, speech);
    const pointed = this.pointed === null ? undefined : answer.points[this.pointed];
    if (pointed !== undefined) {
      return `${sayStep(pointed[0], answer.step, Date.now(), speech.language)} · ${say(pointed[1])}`;
    }
    if (answer.kind === "total") return `${texts.sum} ${say(sumOf(answer))}`;
    const [least, most] = [
      Math.min(...answer.points.map((one) => one[2])),
      Math.max(...answer.points.map((one) => one[3])),
    ];
    return `${texts.least} ${say(least)} · ${texts.most} ${say(most)}`;
  }

  #summary(widget: Widget): string {
    const { speech, texts } = this.#words;
    const answer = this.loaded;
    if (typeof answer === "string") return this.#note();
    const title = widget.titles[speech.language];
    const said = saySummary({ title, widget, answer, range: this.range, now: Date.now() }, texts, speech);
    return this.#isEmpty ? said : `${said} ${texts.keys}`;
  }

  #note(): string {
    const { texts } = this.#words;
    if (this.loaded === "loading" || this.loaded === "failed") return texts[this.loaded];
    return this.#isEmpty ? texts.empty : "";
  }

  get #isEmpty(): boolean {
    return typeof this.loaded === "string" || this.loaded.points.length === 0;
  }

  get #name(): string {
    return this.chosen ?? Object.keys(this.device.histories ?? {})[0] ?? "";
  }

  get #words() {
    const { speech } = this.page;
    return { speech, texts: historyTexts[speech.language] };
  }

  #newChart(): HistoryChart | undefined {
    const host = this.querySelector<HTMLElement>(".chart");
    if (host === null) return undefined;
    return new HistoryChart({
      host,
      language: this.page.speech.language,
      say: (value) => {
        const widget = this.device.widgets[this.#name];
        return widget === undefined ? "" : sayRound(widget, value, this.page.speech);
      },
      onPoint: (at) => {
        const index = typeof this.loaded === "string" ? -1 : this.loaded.points.findIndex((point) => point[0] === at);
        this.pointed = index < 0 ? null : index;
      },
    });
  }

  /** What is shown stays until what takes its place is there; of something else it does not. */
  async #fetch(isOther: boolean): Promise<void> {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.#fetchedAt = Date.now();
    const isOpen = this.rows !== undefined;
    if (isOther) {
      this.pointed = null;
      this.rows = undefined;
    }
    const loaded = await this.#ask(this.device.histories?.[this.#name] ?? "measured", asking.signal);
    if (asking.signal.aborted) return;
    if (typeof loaded !== "string" || typeof this.loaded === "string" || isOther) this.loaded = loaded;
    if (isOpen) await this.#fetchRows();
  }

  async #fetchRows(): Promise<void> {
    const asking = this.#asking;
    const rows = await this.#ask("rows", asking?.signal);
    if (asking?.signal.aborted !== true && typeof rows !== "string") this.rows = rows;
  }

  async #ask(kind: Parameters<typeof historyQuery>[0], signal: AbortSignal | undefined): Promise<Loaded> {
    const { from, to, points } = historyQuery(kind, this.range, Date.now());
    const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
    const query = new URLSearchParams({ from: String(from), to: String(to), points: String(points), zone });
    try {
      const path = `api/devices/${this.device.id}/history/${encodeURIComponent(this.#name)}?${query}`;
      const response = await fetch(path, signal === undefined ? {} : { signal });
      if (response.ok) return await response.json();
      const { code }: { readonly code?: string } = await response.json().catch(() => ({}));
      return code === "history-off" ? "off" : "failed";
    } catch {
      return "failed";
    }
  }

  readonly #toggleRows = ({ target }: Event): void => {
    if (target instanceof HTMLDetailsElement && target.open && this.rows === undefined) void this.#fetchRows();
  };

  readonly #leave = (): void => {
    this.pointed = null;
  };

  /** The chart with keys: from step to step, to the first and the last. */
  readonly #walk = (event: KeyboardEvent): void => {
    if (typeof this.loaded === "string") return;
    const last = this.loaded.points.length - 1;
    const at = this.pointed ?? last + 1;
    const moves: Readonly<Record<string, number>> = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last };
    const index = moves[event.key];
    if (index === undefined) return;
    event.preventDefault();
    this.pointed = Math.min(last, Math.max(0, index));
    this.#chart?.point(this.pointed);
  };
}

customElements.define("gk-history", GkHistory);
