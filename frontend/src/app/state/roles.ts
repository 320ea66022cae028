import type { Role } from "../../protocol/index";

/** Where a person begins. */
export const homeOf = (role: Role): string => (role === "patient" ? "/my-images" : "/studies");

/** Who may add studies. */
export const mayUpload = (role: Role): boolean => role === "administrator" || role === "clinician" || role === "technologist";

/** Who may put studies into the bin, and bring them back. */
export const mayDelete = (role: Role): boolean => role === "administrator";
