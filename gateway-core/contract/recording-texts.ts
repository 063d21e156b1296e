/** The words of recordings, apart from the page's others: a browser fetches them with the list. The dictionaries are recording-texts/*.json. */

export interface RecordingTexts {
  readonly recordings: string;
  readonly record: string;
  readonly stop: string;
  readonly download: string;
  readonly clip: string;
  readonly remove: string;
  /** Asked before: `{name}`. */
  readonly confirm: string;
  readonly failed: string;
  readonly recording: string;
  readonly converting: string;
  readonly clipOf: string;
  /** How far a conversion is: `{percent}`, `{speed}` and `{left}`. */
  readonly percent: string;
  readonly speed: string;
  readonly left: string;
  /** Of one where something of what the device sent is known to be missing. */
  readonly gaps: string;
  /** Why a recording ended by itself; `silent`: the device sent nothing. */
  readonly reasons: { readonly silent: string; readonly longest: string; readonly interrupted: string };
}
