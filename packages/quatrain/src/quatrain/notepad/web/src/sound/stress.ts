/** Stress: `1` strong, `0` weak, `2` secondary; a word of one syllable is `+` or `-`, leaning to strong or weak. */

import * as ph from "./phones";

const WEAK = new Set(
  (
    "a an the of to in on at by for from with and or but nor as than if is am are was were be been do did " +
    "have has had i you he she it we they me him her us them my your his its our their that this who which so " +
    "can could will would shall should may might must not no into upon o oh 'tis 'twas thy thou thee i'm i'll " +
    "i've you're he's she's it's we're they're don't there when where how what while through"
  ).split(" "),
);

/** The stress of one word in one reading. */
export function ofWord(reading: string, word: string): string {
  const stress = ph.stress(reading);
  if (stress.length === 1) return WEAK.has(word) ? "-" : "+";
  return stress.includes("1") || !stress.includes("2") ? stress : stress.replace("2", "1");
}

/** Stress as a prosodist writes it above the words: a stroke for strong, a bow for weak. */
export function marks(stress: string): string {
  return [...stress].map((one) => (one === "1" || one === "+" ? "ˊ" : one === "?" ? "·" : "˘")).join(" ");
}
