/** Of whom somebody asks by a link from elsewhere. No address has it: it may be the name of a patient. */
let asked: string | null = null;

export function askAbout(username: string): void {
  asked = username;
}

/** Whose account it is, once. */
export function takeAsked(): string | null {
  const taken = asked;
  asked = null;
  return taken;
}
