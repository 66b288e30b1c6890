/** From a line to its words, the way a singer counts them: a port of `quatrain.text.words`, held to it by a test. */

const HEADLESS =
  "tis|twas|twere|twill|twould|twixt|neath|gainst|mid|midst|mong|mongst|round|way|fore|tween|bout|cross|fraid|scape|" +
  "cause|cos|coz|cuz|em|im|er|til|till|n|en|ere|most|nother|nuff|plain|spite|stead|tween|ware|tain't|taint|twont|" +
  "twouldn't";
const TAILLESS = "o|th|wi|an|tho|thro|altho|a|i|ol|lil|t|d|fu|gi|mo|ha|hae|awa|ca|wa|sma";
const L = "[\\p{L}\\p{Nl}\\p{No}]";
const W = "[\\p{L}\\p{N}_]";
const SPACE = "\\s\\u{1c}-\\u{1f}\\u{85}";
const TOKEN = new RegExp(
  `\\p{Nd}+(?:,\\p{Nd}+)*(?:\\.\\p{Nd}+)?(?:st|nd|rd|th|s)?(?![\\p{L}\\p{N}])` +
    `|'n'(?!${L})|'(?:${HEADLESS})(?!${W})(?:'?-'?${L}+)*` +
    `|(?:(?<!${W})(?:${TAILLESS})'(?!${L})|${L}+(?:'?-'?${L}+|'${L}+)*(?:(?<=in)')?)(?:-${L}+)*` +
    `|\\.{2,}|…|-{2,}|[—–]|&|[^${SPACE}]|\\ufeff`,
  "giu",
);
const QUOTES: Record<string, string> = {
  "’": "'",
  "‘": "'",
  "`": "'",
  "´": "'",
  ʼ: "'",
  "“": '"',
  "”": '"',
  "‟": '"',
  "„": '"',
};
const TODAY: Record<string, string> = {
  "&": "and",
  "to-day": "today",
  "to-night": "tonight",
  "to-morrow": "tomorrow",
  "good-bye": "goodbye",
};
const NO_PLURALS = new Set(
  "as is was his this us thus yes has does alas perhaps always 'tis its hers ours yours theirs".split(" "),
);
const CHORD =
  "[A-G](?:#|b|♯|♭)?(?:maj|min|m|M|dim|aug|sus|add|ø|°|\\+|-)?\\d*(?:(?:sus|add|maj|b|#|\\+|-)\\d+)*" +
  "(?:\\/[A-G](?:#|b|♯|♭)?)?";
const CHORDS = new RegExp(`\\[(?:${CHORD}|N\\.?C\\.?)\\]|\\[\\*[^\\]]*\\]`, "gu");

/** One token of a line and where it stands in it. */
export type Token = { text: string; from: number; to: number };

/** Text with straight quotes and apostrophes; of the same length, so that places stay. */
export function straight(text: string): string {
  return text.replace(/[’‘`´ʼ“”‟„]/g, (mark) => QUOTES[mark]!);
}

/** Words and marks of a line, in order, with straight apostrophes. */
export function tokens(line: string): Token[] {
  const text = straight(line);
  const found: Token[] = [];
  for (const match of text.matchAll(TOKEN)) {
    found.push({ text: match[0], from: match.index, to: match.index + match[0].length });
  }
  return text.includes("'") ? possessives(found) : found;
}

/** The words of a line with their places in it; chords don't count. */
export function words(line: string): Token[] {
  const composed = line.isWellFormed() ? line.normalize("NFC") : line;
  const { text, place } = withoutChords(composed);
  const spoken = tokens(text).filter((token) => isWord(token.text));
  const end = line.length; // text that was not composed is a little longer than its sounds
  return spoken.map(({ text, from, to }) => ({ text, from: Math.min(place(from), end), to: Math.min(place(to), end) }));
}

/** Whether a token is a word (a number is one too, and so is `&`), not a mark. */
export function isWord(token: string): boolean {
  const [first = "", second = ""] = token;
  return /^[\p{L}\p{N}]/u.test(first) || token === "&" || /^\p{L}/u.test(second);
}

/** What a word is known by: lower case, straight apostrophes, composed accents. */
export function key(token: string): string {
  const word = straight(token).normalize("NFC").toLowerCase();
  return Object.hasOwn(TODAY, word) ? TODAY[word]! : word;
}

/** A line without its chords, and for a place in it the place in the line. */
function withoutChords(line: string): { text: string; place: (index: number) => number } {
  const chords = line.includes("[") ? [...line.matchAll(CHORDS)] : [];
  if (chords.length === 0) return { text: line, place: (index) => index };
  const place = (index: number): number => {
    let moved = index;
    for (const chord of chords) if (chord.index <= moved) moved += chord[0].length;
    return moved;
  };
  return { text: line.replace(CHORDS, ""), place };
}

/** Join `'` to a plural before it (the birds' song), unless it may close a quotation. */
function possessives(found: Token[]): Token[] {
  const joined: Token[] = [];
  let quoted = false;
  for (const [place, token] of found.entries()) {
    const last = joined.at(-1);
    const word = last?.text.toLowerCase() ?? "";
    const plural = word.endsWith("s") && /^\p{L}/u.test(word) && !NO_PLURALS.has(word);
    const next = found[place + 1];
    if (token.text === "'" && plural && !quoted && next && isWord(next.text)) {
      joined[joined.length - 1] = { text: `${last!.text}'`, from: last!.from, to: token.to };
      continue;
    }
    quoted = (token.text === "'") !== quoted;
    joined.push(token);
  }
  return joined;
}

/** What is sung of a line: without its chords. */
export function sungText(line: string): string {
  return line.includes("[") ? line.replace(CHORDS, "") : line;
}
