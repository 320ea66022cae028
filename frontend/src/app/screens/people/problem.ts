import type { Failure } from "../../../protocol/index";
import { reasonOf, tellFailure } from "../../words/failures";

/** What is wrong, and with which of the fields; "" where it is with none of them. */
export interface Problem<Field extends string> {
  field: Field | "";
  words: string;
}

/** The server names the field in two ways: as `parameter` beside its `reason`, or as what its list of sentences is of. */
export function problemOf<Field extends string>(failure: Failure, fields: Readonly<Record<string, Field>>): Problem<Field> {
  const told = failure.kind === "refused" ? failure.fields : {};
  const parameter = typeof told["parameter"] === "string" ? told["parameter"] : (Object.keys(told)[0] ?? "");
  return { field: fields[parameter] ?? "", words: sentenceOf(told[parameter]) || reasonOf(failure) || tellFailure(failure).what };
}

const sentenceOf = (told: unknown): string => (Array.isArray(told) && typeof told[0] === "string" ? told[0] : "");
