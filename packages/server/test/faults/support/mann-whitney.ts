/**
 * How likely two samples of one distribution differ at least as much as these (Mann-Whitney, two-sided, by the normal
 * approximation): near 0 when one sample lies above the other, near 1 when they are mixed. For samples of twenty or
 * more, ties being rare.
 */
export function mannWhitney(one: readonly number[], other: readonly number[]): number {
  const ranked = [
    ...one.map((value) => ({ value, isFirst: true })),
    ...other.map((value) => ({ value, isFirst: false })),
  ].sort((left, right) => left.value - right.value);
  const rankSum = ranked.reduce((sum, { isFirst }, index) => sum + (isFirst ? index + 1 : 0), 0);
  const [n, m] = [one.length, other.length];
  const above = rankSum - (n * (n + 1)) / 2;
  const deviation = Math.sqrt((n * m * (n + m + 1)) / 12);
  return twoSidedTail(Math.abs(above - (n * m) / 2) / deviation);
}

/** The chance that a normal variable is this many deviations or more from its mean, either way; to 1.5e-7. */
function twoSidedTail(deviations: number): number {
  const x = deviations / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  // Abramowitz and Stegun 7.1.26.
  const series = [0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429];
  const polynomial = series.reduceRight((sum, coefficient) => (sum + coefficient) * t, 0);
  return polynomial * Math.exp(-x * x);
}
