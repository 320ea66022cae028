import type { Challenge, ShareForm } from "../../../protocol/later";
import { t } from "../../i18n/share";
import type { Choosable } from "./ChooseImages";
import type { Chosen } from "./chosen";
import { ANY_NUMBER, MOST_OPENINGS, type Openings, mostOpenings } from "./openings";

/** What can be shared from where one is. */
export interface Subject {
  study: string;
  /** The series in hand, where the study has others. */
  series: { uid: string; title: string } | null;
  /** The image in hand, by its UID. */
  image: string | null;
  /** Where what the study holds is known. */
  images?: Choosable;
  patientBorn: boolean;
}

export type Extent = "study" | "series" | "image" | "chosen";
const WEEK = 168;

/** What a person has chosen so far. */
export interface Draft {
  extent: Extent;
  /** Null before any were. */
  chosen: Chosen | null;
  recipient: string;
  hours: number;
  challenge: Challenge;
  email: string;
  download: boolean;
  deidentified: boolean;
  openings: Openings;
  notBefore: string;
}

export const FRESH: Draft = {
  extent: "study",
  chosen: null,
  recipient: "",
  hours: WEEK,
  challenge: "pin",
  email: "",
  download: false,
  deidentified: false,
  openings: ANY_NUMBER,
  notBefore: "",
};

/** What was looked at, and what is to be black. */
export type Looked = Pick<ShareForm, "seen" | "edits">;
export const NOT_LOOKED: Looked = { seen: [], edits: [] };

/** What has to be told before a link can be made; empty where nothing lacks. */
export function whatLacks({ extent, chosen, challenge, email, openings }: Draft): string {
  if (extent === "chosen" && !chosen?.size) return t("choose.need");
  if (challenge === "email" && email.trim() === "") return t("share.needEmail");
  return mostOpenings(openings) === undefined ? t("share.openings.need", { most: MOST_OPENINGS }) : "";
}

export function formOf(draft: Draft, subject: Subject): Omit<ShareForm, keyof Looked> {
  return {
    study: subject.study,
    series: draft.extent === "series" && subject.series !== null ? [subject.series.uid] : [],
    instances: instancesOf(draft, subject),
    hours: draft.hours,
    notBefore: draft.notBefore === "" ? null : new Date(draft.notBefore),
    mostOpenings: mostOpenings(draft.openings) ?? null,
    challenge: draft.challenge,
    email: draft.email.trim(),
    recipient: draft.recipient.trim(),
    download: draft.download,
    deidentified: draft.deidentified,
  };
}

function instancesOf({ extent, chosen }: Draft, { image }: Subject): string[] {
  if (extent === "image" && image !== null) return [image];
  return extent === "chosen" ? [...(chosen ?? [])] : [];
}
