import type { Answer } from "./failure";
import { ask } from "./rest";
import { type Read, listOf, number, record, text } from "./wire";

/** What accounts of a role may do, and which studies are open to them by themselves. */
export interface Template {
  rights: string[];
  breadth: string;
}

/** A role, and within what its template can be changed. */
export interface RoleTold extends Template {
  role: string;
  /** How many open accounts have it. */
  people: number;
  shipped: Template;
  /** What has to stay. */
  least: string[];
  /** What it may be given at most. */
  most: string[];
  breadths: string[];
}

const template: Read<Template> = (value) => {
  const wire = record(value);
  return { rights: listOf(text)(wire["rights"]), breadth: text(wire["breadth"]) };
};

export const readRole: Read<RoleTold> = (value) => {
  const wire = record(value);
  return {
    ...template(value),
    role: text(wire["role"]),
    people: number(wire["people"]),
    shipped: template(wire["shipped"]),
    least: listOf(text)(wire["least"]),
    most: listOf(text)(wire["most"]),
    breadths: listOf(text)(wire["breadths"]),
  };
};

export const loadRoles = (): Promise<Answer<RoleTold[]>> => ask("/api/roles", { read: (value) => listOf(readRole)(record(value)["roles"]) });

/** From the next request of everybody of the role on. */
export const changeRole = (role: string, { rights, breadth }: Template): Promise<Answer<RoleTold>> =>
  ask(`/api/roles/${role}`, { method: "PATCH", json: { rights, breadth }, read: readRole });

/** As it is shipped. */
export const restoreRole = (role: string): Promise<Answer<RoleTold>> => ask(`/api/roles/${role}`, { method: "DELETE", read: readRole });
