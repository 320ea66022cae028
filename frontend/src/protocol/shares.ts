import { type ExportEdit, type Look, readLook } from "./exports";
import type { Answer, Failure } from "./failure";
import { ask } from "./rest";
import { type Read, boolean, listOf, nothing, number, oneOf, orNull, record, text } from "./wire";

export const CHALLENGES = ["pin", "birth_date", "email"] as const;
export type Challenge = (typeof CHALLENGES)[number];
export const SHARE_STATES = ["open", "waiting", "expired", "revoked", "locked", "used_up", "preparing", "gone"] as const;
export type ShareState = (typeof SHARE_STATES)[number];
const EXTENTS = ["study", "series", "instances"] as const;
const PURPOSES = ["show", "receive"] as const;

/** A link as its sender is told it. */
export interface Share {
  id: string;
  /** To show something, or to take studies in. */
  purpose: (typeof PURPOSES)[number];
  state: ShareState;
  /** Null where the study is not open to the sender any more. */
  study: SharedStudy | null;
  extent: (typeof EXTENTS)[number];
  /** How many series or images; null of a whole study. */
  parts: number | null;
  recipient: string;
  sender: string;
  healthLink: HealthLinkTold;
  challenge: Challenge;
  email: string;
  download: boolean;
  deidentified: boolean;
  /** Of a link without names: how far the copy is that it shows. */
  copy: CopyTold | null;
  madeAt: Date;
  notBefore: Date | null;
  expiresAt: Date;
  /** How much a link that takes studies in may take, and has taken. */
  quotaBytes: number;
  takenBytes: number;
  takenObjects: number;
  openings: number;
  mostOpenings: number | null;
  lastOpenedAt: Date | null;
}

/** A link as a SMART Health Link: whether it can be one, and since when it is. */
export interface HealthLinkTold {
  possible: boolean;
  madeAt: Date | null;
}

/** A copy without names: of how many objects, how many are in it, and how many could not be de-identified. */
export interface CopyTold {
  total: number;
  done: number;
  leftOut: number;
}

export interface SharedStudy {
  uid: string;
  patient: { alphabetic: string; ideographic: string; phonetic: string };
  description: string;
  date: string | null;
  modalities: readonly string[];
}

/** What only the making of a link tells. */
export interface NewShare extends Share {
  path: string;
  pin: string | null;
}

export interface ShareForm {
  study: string;
  series: readonly string[];
  instances: readonly string[];
  hours: number;
  notBefore: Date | null;
  mostOpenings: number | null;
  challenge: Challenge;
  email: string;
  recipient: string;
  download: boolean;
  deidentified: boolean;
  /** What was looked at before copies without names leave, and what is blacked out in them. */
  seen: readonly string[];
  edits: readonly ExportEdit[];
}

const moment: Read<Date> = (value) => {
  const found = new Date(text(value));
  if (Number.isNaN(found.getTime())) throw new TypeError("a moment");
  return found;
};

const study: Read<SharedStudy> = (value) => {
  const wire = record(value);
  const name = record(wire["patient"]);
  return {
    uid: text(wire["uid"]),
    patient: { alphabetic: text(name["alphabetic"]), ideographic: text(name["ideographic"]), phonetic: text(name["phonetic"]) },
    description: text(wire["description"]),
    date: orNull(text)(wire["date"]),
    modalities: listOf(text)(wire["modalities"]),
  };
};

const healthLink: Read<HealthLinkTold> = (value) => {
  const wire = record(value);
  return { possible: boolean(wire["possible"]), madeAt: orNull(moment)(wire["made_at"]) };
};

const copy: Read<CopyTold> = (value) => {
  const wire = record(value);
  return { total: number(wire["total"]), done: number(wire["done"]), leftOut: number(wire["left_out"]) };
};

export const readShare: Read<Share> = (value) => {
  const wire = record(value);
  return {
    id: text(wire["id"]),
    purpose: oneOf(...PURPOSES)(wire["purpose"]),
    state: oneOf(...SHARE_STATES)(wire["state"]),
    study: orNull(study)(wire["study"]),
    extent: oneOf(...EXTENTS)(wire["extent"]),
    parts: orNull(number)(wire["parts"]),
    recipient: text(wire["recipient"]),
    sender: text(wire["sender"]),
    healthLink: healthLink(wire["health_link"]),
    challenge: oneOf(...CHALLENGES)(wire["challenge"]),
    email: text(wire["email"]),
    download: boolean(wire["download"]),
    deidentified: boolean(wire["deidentified"]),
    copy: orNull(copy)(wire["copy"]),
    madeAt: moment(wire["made_at"]),
    notBefore: orNull(moment)(wire["not_before"]),
    expiresAt: moment(wire["expires_at"]),
    quotaBytes: number(wire["quota_bytes"]),
    takenBytes: number(wire["taken_bytes"]),
    takenObjects: number(wire["taken_objects"]),
    openings: number(wire["openings"]),
    mostOpenings: orNull(number)(wire["most_openings"]),
    lastOpenedAt: orNull(moment)(wire["last_opened_at"]),
  };
};

export const readNewShare: Read<NewShare> = (value) => ({ ...readShare(value), path: text(record(value)["path"]), pin: orNull(text)(record(value)["pin"]) });

export interface Shares {
  shares: Share[];
  canSendMail: boolean;
}

const readShares: Read<Shares> = (value) => {
  const wire = record(value);
  return {
    shares: listOf(readShare)(wire["shares"]),
    canSendMail: boolean(wire["can_send_mail"]),
  };
};

export const loadShares = (signal?: AbortSignal): Promise<Answer<Shares>> => ask("/api/shares", { read: readShares, ...(signal && { signal }) });

/** What the site can do, with the links of one study. */
export const loadSharesOf = (uid: string): Promise<Answer<Shares>> => ask(`/api/shares?study=${uid}`, { read: readShares });

export const makeShare = (form: ShareForm): Promise<Answer<NewShare>> =>
  ask("/api/shares", {
    method: "POST",
    json: {
      study: form.study,
      series: form.series,
      instances: form.instances,
      hours: form.hours,
      not_before: form.notBefore?.toISOString() ?? null,
      most_openings: form.mostOpenings,
      challenge: form.challenge,
      email: form.email,
      recipient: form.recipient,
      download: form.download,
      deidentified: form.deidentified,
      ...(form.deidentified && { seen: form.seen, edits: form.edits.map((edit) => ({ ...edit, frames: null })) }),
    },
    read: readNewShare,
  });

/** What somebody has to look at before the link can be made; null for any other failure. */
export function looksFirst(failure: Failure): Look[] | null {
  const told = failure.kind === "refused" && failure.status === 409 ? failure.fields["to_look_at"] : undefined;
  try {
    return told === undefined ? null : listOf(readLook)(told);
  } catch {
    return null;
  }
}

export const extendShare = (id: string, hours: number): Promise<Answer<Share>> => ask(`/api/shares/${id}`, { method: "PATCH", json: { hours }, read: readShare });

/** A new PIN in place of the one before. */
export const renewPin = (id: string): Promise<Answer<string>> => ask(`/api/shares/${id}`, { method: "PATCH", json: { new_pin: true }, read: (value) => text(record(value)["pin"]) });

/** `shlink:/…`, told this once; the one before leads nowhere any more. */
export const makeHealthLink = (id: string): Promise<Answer<string>> =>
  ask(`/api/shares/${id}/health-link`, { method: "POST", json: {}, read: (value) => text(record(value)["shlink"]) });

export const revokeShare = (id: string): Promise<Answer<undefined>> => ask(`/api/shares/${id}`, { method: "DELETE", read: nothing });

/** End all of them; how many there were. */
export const revokeShares = (): Promise<Answer<number>> => ask("/api/shares", { method: "DELETE", read: (value) => number(record(value)["revoked"]) });

export const NOTICES = ["opened", "shared", "locked", "received", "glass", "not_copied"] as const;

export interface Notice {
  number: number;
  what: (typeof NOTICES)[number];
  at: Date;
  seen: boolean;
  /** The link, of one's own. */
  link: string | null;
  recipient: string;
  /** Who a program that opened it says it is. */
  saidBy: string;
  sender: string;
  until: Date;
  description: string;
  date: string | null;
}

const notice: Read<Notice> = (value) => {
  const wire = record(value);
  return {
    number: number(wire["number"]),
    what: oneOf(...NOTICES)(wire["what"]),
    at: moment(wire["at"]),
    seen: boolean(wire["seen"]),
    link: orNull(text)(wire["link"]),
    recipient: text(wire["recipient"]),
    saidBy: text(wire["said_by"]),
    sender: text(wire["sender"]),
    until: moment(wire["until"]),
    description: text(wire["description"]),
    date: orNull(text)(wire["date"]),
  };
};

export const loadNotices = (signal?: AbortSignal): Promise<Answer<{ notices: Notice[]; unseen: number }>> =>
  ask("/api/notices", {
    read: (value) => ({ notices: listOf(notice)(record(value)["notices"]), unseen: number(record(value)["unseen"]) }),
    ...(signal && { signal }),
  });

/** They were seen, up to the newest. */
export const seeNotices = (newest: number): Promise<Answer<number>> =>
  ask("/api/notices", { method: "POST", json: { newest }, read: (value) => number(record(value)["unseen"]) });

/** Both halves of a link's address. */
export interface Presented {
  id: string;
  secret: string;
}

/** What a link says of itself to whoever has its secret. */
export interface LinkTold {
  purpose: (typeof PURPOSES)[number];
  challenge: Challenge;
  sender: string;
  expiresAt: Date;
  /** Null when it is open already. */
  opensAt: Date | null;
  /** How far the images are that are made ready for it; null when nobody has to wait. */
  preparing: { total: number; done: number } | null;
}

const progress: Read<{ total: number; done: number }> = (value) => ({ total: number(record(value)["total"]), done: number(record(value)["done"]) });

export const lookAtLink = (presented: Presented): Promise<Answer<LinkTold>> =>
  ask("/api/links/look", {
    method: "POST",
    json: presented,
    read: (value) => {
      const wire = record(value);
      return {
        purpose: oneOf(...PURPOSES)(wire["purpose"]),
        challenge: oneOf(...CHALLENGES)(wire["challenge"]),
        sender: text(wire["sender"]),
        expiresAt: moment(wire["expires_at"]),
        opensAt: orNull(moment)(wire["opens_at"]),
        preparing: orNull(progress)(wire["preparing"]),
      };
    },
  });

/** Come in by a link; the study that is open now. */
export const openLink = (presented: Presented, answer: string): Promise<Answer<string | null>> =>
  ask("/api/links/open", { method: "POST", json: { ...presented, answer }, read: (value) => orNull(text)(record(value)["study"]) });

export const askForCode = (presented: Presented): Promise<Answer<undefined>> => ask("/api/links/code", { method: "POST", json: presented, read: nothing });
