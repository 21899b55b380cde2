import { lagOneAutocorrelation, type StreamingQuantiles, streamingQuantiles } from "@partitune/numerics";

/** Fewest sections that a spread is estimated from. */
const fewest = 8;
/** One-sided 10 % point of the normal distribution: the level at which batch means are usually tested before they are joined. */
const tolerated = 1.2816;

/**
 * Joins neighbouring sections, two by two, while their means still resemble each other, so that what remains can be taken as independent.
 * Stops at 8 sections: fewer cannot tell a spread.
 *
 * @param sections  in order of time; a power of two, at least 8
 * @see G. S. Fishman and L. S. Yarberry, An implementation of the batch means method (1997): join while the correlation of neighbours is
 *   significant at 10 %; under independence it is about normal with variance 1/m
 */
export function independentSections(sections: readonly StreamingQuantiles[]): readonly StreamingQuantiles[] {
  if (sections.length <= fewest) return sections;
  const means = sections.filter((section) => section.count > 0).map((section) => section.mean);
  if (means.length === 0) return sections;
  if (lagOneAutocorrelation(means) <= tolerated / Math.sqrt(means.length)) return sections;
  return independentSections(joinPairs(sections));
}

function joinPairs(sections: readonly StreamingQuantiles[]): readonly StreamingQuantiles[] {
  return Array.from({ length: sections.length / 2 }, (_, i) => joinSections(sections.slice(2 * i, 2 * i + 2)));
}

/** All sections as one. */
export function joinSections(sections: readonly StreamingQuantiles[]): StreamingQuantiles {
  const joined = streamingQuantiles();
  for (const section of sections) joined.merge(section);
  return joined;
}
