/**
 * A text cut so that it fits, with an ellipsis where something is left out: in the middle, so that the end of a numbered name stays, or at the end
 * where there is too little room for both.
 *
 * @param width  room, px
 * @param fontSize  px; widths are estimated for a bold sans serif, on the wide side
 * @returns the text, what fits of it with "…", or "" where not even two characters fit
 */
export function fitText(text: string, width: number, fontSize: number): string {
  const characters = [...text.replace(/\p{Cc}|\p{Cf}/gu, " ").trim()];
  if (textWidth(characters.join(""), fontSize) <= width) return characters.join("");
  const room = width / fontSize - widthOf("…");
  const kept = countFitting(characters, room);
  if (kept < 2) return "";
  const head = countFitting(characters, kept < leastCutInside ? room : 0.6 * room);
  const used = characters.slice(0, head).reduce((sum, character) => sum + widthOf(character), 0);
  const tail = kept < leastCutInside ? 0 : countFitting(characters.toReversed(), room - used);
  return `${characters.slice(0, head).join("").trimEnd()}…${tail === 0 ? "" : characters.slice(-tail).join("").trimStart()}`;
}

/** Texts cut to fewer characters keep their beginning only. */
const leastCutInside = 5;

/** How many characters from the first on fit. */
function countFitting(characters: readonly string[], room: number): number {
  let used = 0;
  const over = characters.findIndex((character) => {
    used += widthOf(character);
    return used > room;
  });
  return over === -1 ? characters.length : over;
}

/** Estimated width of a text, px. */
export function textWidth(text: string, fontSize: number): number {
  return fontSize * [...text].reduce((sum, character) => sum + widthOf(character), 0);
}

/** Width of a character in ems; common sans serifs differ by a tenth. */
function widthOf(character: string): number {
  if (/[ilj.,:;|!'·()[\]]/.test(character)) return 0.34;
  if (/[mwMW@%…×]/.test(character)) return 0.95;
  if (/[A-Z]/.test(character)) return 0.72;
  return character.codePointAt(0)! < 0x1100 ? 0.61 : 1.05;
}
