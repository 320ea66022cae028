import type { Role } from "../../protocol/index";
import { person } from "./session";

/** Where a person begins. */
export const homeOf = (role: Role): string => (role === "patient" ? "/my-images" : "/studies");

const may = (act: string): boolean => person.value?.acts.includes(act) ?? false;

/** Whether they may add studies. */
export const mayUpload = (): boolean => may("store");

/** Whether they may put studies into the bin, and bring them back. */
export const mayDelete = (): boolean => may("delete");
