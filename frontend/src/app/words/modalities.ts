import { type Key, t } from "../i18n/index";

/** The modalities (PS3.3 C.7.3.1.1.1) that have a name in plain words, most asked for first. */
const NAMED = ["CT", "MR", "DX", "CR", "US", "MG", "XA", "RF", "NM", "PT", "ES", "XC", "OT", "SR", "SEG", "PR", "KO", "DOC", "ECG", "OP", "OPT", "SM", "IO", "PX", "RTSTRUCT", "RTDOSE", "RTPLAN"] as const;
type Named = (typeof NAMED)[number];

const isNamed = (code: string): code is Named => (NAMED as readonly string[]).includes(code);

/** "CT scan", "X-ray": or the code itself where it has no name here. */
export function modalityInWords(code: string): string {
  return isNamed(code) ? t(`modality.${code}` satisfies Key) : code;
}

/** What a list is filtered by. */
export const FILTERS: readonly Named[] = ["CT", "MR", "DX", "CR", "US", "MG", "XA", "NM", "PT"];

/** Objects that hold no pictures of their own: a study is not named by them while it has others. */
const BESIDE_PICTURES = new Set(["SR", "SEG", "PR", "KO", "DOC", "RTSTRUCT", "RTDOSE", "RTPLAN"]);

export function tellingModalities(codes: readonly string[]): string[] {
  const pictures = codes.filter((code) => !BESIDE_PICTURES.has(code));
  return pictures.length > 0 ? pictures : [...codes];
}

/** Of these nothing can be drawn: no picture is asked for. */
const WITHOUT_PICTURES = new Set(["SR", "PR", "KO", "DOC", "RTSTRUCT", "RTPLAN", "RTRECORD", "ECG", "EPS", "HD", "AU", "REG", "PLAN"]);

export const hasPictures = (codes: readonly string[]): boolean => codes.length === 0 || codes.some((code) => !WITHOUT_PICTURES.has(code));
