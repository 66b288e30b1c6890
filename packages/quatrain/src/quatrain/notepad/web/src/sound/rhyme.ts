/**
 * Rhymes by name, as `quatrain.text.rhyme` tells them, by sound alone: forms of one word (run, runs) are not told
 * apart here, since that needs word families.
 */

import type { Pronunciation } from "./lexicon";
import * as ph from "./phones";

/** How two words rhyme, the closest first; the last two are the same word in sound. */
export const KINDS = [
  "perfect",
  "feminine",
  "rich",
  "family",
  "consonance",
  "last syllable",
  "assonance",
  "none",
  "same word",
  "homophone",
] as const;
export type Kind = (typeof KINDS)[number];
const ORDER = new Map(KINDS.map((kind, place) => [kind, place]));

const R = String.fromCharCode(ph.code("R"));
const ONSETS = new Set(
  (
    "P R,P L,P Y,B R,B L,B Y,T R,T W,D R,D W,K R,K L,K W,K Y,G R,G L,G W,F R,F L,F Y,V Y,TH R,TH W,SH R,S P,S T,S K," +
    "S M,S N,S L,S W,S F,M Y,HH Y,HH W,S P R,S P L,S T R,S K R,S K W,S K Y,N Y,L Y,T Y,D Y,V R"
  )
    .split(",")
    .map(ph.encode),
);

/** How two words rhyme, and how many syllables at their ends sound alike. */
export type Rhyme = { kind: Kind; syllables: number };

/** How two pronounced words rhyme, in the best of their readings. */
export function compared(first: Pronunciation, second: Pronunciation): Rhyme {
  const pairs = first.readings.flatMap((a) => second.readings.map((b) => [a, b] as const));
  const deepest = (): number => Math.max(0, ...pairs.map(([a, b]) => depth(a, b)));
  if (first.word === second.word) return { kind: "same word", syllables: deepest() };
  if (pairs.some(([a, b]) => ph.flat(a) === ph.flat(b))) return { kind: "homophone", syllables: deepest() };
  let best: Rhyme = { kind: "none", syllables: 0 };
  for (const [a, b] of pairs) {
    const rhyme = sounds(a, b);
    const closer = ORDER.get(rhyme.kind)! - ORDER.get(best.kind)! || best.syllables - rhyme.syllables;
    if (closer < 0) best = rhyme;
  }
  return best;
}

/** How many syllables at the end sound alike. */
export function depth(first: string, second: string): number {
  const one = syllables(first);
  const two = syllables(second);
  let alike = 0;
  while (alike < one.length && alike < two.length && one[alike] === two[alike]) alike += 1;
  return alike;
}

/** How two readings rhyme. */
function sounds(first: string, second: string): Rhyme {
  const alike = depth(first, second);
  const one = ph.rhyme(first);
  const two = ph.rhyme(second);
  let kind: Kind = "none";
  if (one === two) {
    const same = onset(first, ph.stressedAt(first)) === onset(second, ph.stressedAt(second));
    kind = same ? "rich" : ph.count(one) > 1 ? "feminine" : "perfect";
  } else if (ph.family(one) === ph.family(two)) kind = "family";
  else if (one[0] !== two[0] && ph.coda(one) && ph.coda(one) === ph.coda(two)) kind = "consonance";
  else if (alike) kind = "last syllable";
  else if (one[0] === two[0] && ph.count(one) === ph.count(two)) kind = "assonance";
  return { kind, syllables: alike };
}

/** The consonants that begin the syllable of the vowel at `place`: as many as English allows. */
export function onset(reading: string, place: number): string {
  let start = place;
  while (start > 0 && !ph.isVowel(reading.charCodeAt(start - 1))) start -= 1;
  let cluster = reading.slice(start, place);
  if (start === 0) return cluster;
  if (!cluster) return ph.coda(reading[start - 1]!) ? R : ""; // the R inside ER, as in surround
  while (cluster.length > 1 && !ONSETS.has(cluster)) cluster = cluster.slice(1);
  return cluster;
}

/** From the last syllable back: its vowel and what follows up to the next, without stress. */
function syllables(reading: string): string[] {
  const found: string[] = [];
  let end = reading.length;
  for (const place of ph.nuclei(reading).reverse()) {
    found.push(ph.flat(ph.rhyme(reading.slice(0, end), place)));
    const stressed = ph.stress(reading[place]!) !== "0";
    const consonant = place > 0 && reading.charCodeAt(place - 1) >= ph.FIRST_CONSONANT;
    end = stressed && consonant ? place - onset(reading, place).length : place;
  }
  return found;
}
