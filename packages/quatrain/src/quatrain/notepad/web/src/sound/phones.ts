/**
 * The sounds of English, one character each, as in `quatrain.text.phones`: a pronunciation is a string whose character
 * codes are 1 to 45 (vowels, three stresses each) and 46 to 69 (consonants).
 */

const VOWELS = "AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW".split(" ");
const CONSONANTS = "B CH D DH F G HH JH K L M N NG P R S SH T TH V W Y Z ZH".split(" ");
const NAMES = ["", ...VOWELS.flatMap((vowel) => [`${vowel}0`, `${vowel}1`, `${vowel}2`]), ...CONSONANTS];
const CODES = new Map(NAMES.map((name, code) => [name, code]));
for (const vowel of VOWELS) CODES.set(vowel, CODES.get(`${vowel}1`)!);

/** The code of the first consonant; smaller ones are vowels. */
export const FIRST_CONSONANT = 1 + 3 * VOWELS.length;

const FAMILIES = ["B D G P T K", "V DH Z ZH F TH S SH JH CH", "M N NG", "L R"];
const FAMILY_OF = new Map<number, number>();
for (const family of FAMILIES) {
  const [first, ...others] = family.split(" ").map(code);
  for (const other of others) FAMILY_OF.set(other, first!);
}
for (const digit of "012") FAMILY_OF.set(code(`AO${digit}`), code(`AA${digit}`)); // cot and caught

const R = code("R");
const WEAK_I = code("IH0");
const SCHWA = code("AH0");
const ER = new Set(["ER0", "ER1", "ER2"].map(code));
const BEFORE_R = new Map(
  [
    ["IY1", "IH1"],
    ["OW1", "AO1"],
    ["EY1", "EH1"],
    ["UW1", "UH1"],
  ].map(([from, to]) => [code(from!), code(to!)]),
);

/** The code of one sound. */
export function code(name: string): number {
  return CODES.get(name) ?? 0;
}

/** A pronunciation from its usual spelling, `"G AH1 N AH0"`; unknown names are left out. */
export function encode(text: string): string {
  const codes = text.toUpperCase().split(/\s+/).map(code).filter(Boolean);
  return String.fromCharCode(...codes);
}

/** The usual spelling of a pronunciation. */
export function decode(phones: string): string {
  return [...codes(phones)].map((one) => NAMES[one]).join(" ");
}

/** A character class of a regular expression with these sounds. */
export function oneOf(...names: string[]): string {
  return `[${names.map((name) => `\\u{${code(name).toString(16)}}`).join("")}]`;
}

/** Whether a code is a vowel's. */
export function isVowel(sound: number): boolean {
  return sound > 0 && sound < FIRST_CONSONANT;
}

/** Syllables, which are vowels. */
export function count(phones: string): number {
  let total = 0;
  for (const one of codes(phones)) if (isVowel(one)) total += 1;
  return total;
}

/** One digit a syllable: 0 none, 1 primary, 2 secondary. */
export function stress(phones: string): string {
  let digits = "";
  for (const one of codes(phones)) if (isVowel(one)) digits += String((one - 1) % 3);
  return digits;
}

/** The same sounds without stress. */
export function flat(phones: string): string {
  return mapped(phones, (one) => (isVowel(one) ? one - ((one - 1) % 3) : one));
}

/** The same sounds with each consonant replaced by the first of its family. */
export function family(phones: string): string {
  return mapped(phones, (one) => FAMILY_OF.get(one) ?? one);
}

/** Where the vowels stand. */
export function nuclei(phones: string): number[] {
  return [...codes(phones)].flatMap((one, place) => (isVowel(one) ? [place] : []));
}

/** Where the last stressed vowel stands; the last vowel if none is stressed; -1 if there is none. */
export function stressedAt(phones: string): number {
  const places = nuclei(phones);
  return places.findLast((place) => (phones.charCodeAt(place) - 1) % 3 !== 0) ?? places.at(-1) ?? -1;
}

/** The rhyme key: the sounds from the last stressed vowel (or from `start`) to the end, in one spelling. */
export function rhyme(phones: string, start = stressedAt(phones)): string {
  if (start < 0) return "";
  const key = [...codes(phones.slice(start))];
  key[0] = key[0]! + 1 - ((key[0]! - 1) % 3);
  if (key[1] === R) key[0] = BEFORE_R.get(key[0]) ?? key[0];
  return String.fromCharCode(...key.map((one) => (one === WEAK_I ? SCHWA : one)));
}

/** What follows the vowel of a rhyme key, without stress; the R inside ER counts. */
export function coda(key: string): string {
  return (ER.has(key.charCodeAt(0)) ? String.fromCharCode(R) : "") + flat(key.slice(1));
}

function* codes(phones: string): Generator<number> {
  for (let place = 0; place < phones.length; place += 1) yield phones.charCodeAt(place);
}

function mapped(phones: string, of: (one: number) => number): string {
  let out = "";
  for (const one of codes(phones)) out += String.fromCharCode(of(one));
  return out;
}
