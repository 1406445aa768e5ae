import { Temporal } from 'temporal-polyfill';

/** A day in a time zone: from its first moment, included, to that of the next day, both in epoch ms. */
export interface CivilDay {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  readonly from: number;
  readonly to: number;
}

/** Days as people count them, each named as `YYYY-MM-DD`, and their clocks. */
export interface Calendar {
  /** Whether the text names a day that the calendar has. */
  isDay(text: string): boolean;
  /** The day that it is in a time zone at a time, epoch ms. */
  dayAt(timeZone: string, atMs: number): string;
  /** How far the clocks of a time zone are ahead of UTC at a time, epoch ms; behind it: less than 0. */
  utcOffsetMs(timeZone: string, atMs: number): number;
  /** How many days there are from one to another, both included; less than 1 when the second comes first. */
  countDays(first: string, last: string): number;
  /** The days from one to another, both included. One that the zone left out has no length. */
  days(timeZone: string, first: string, last: string): readonly CivilDay[];
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Days by the rules of the time zones that the runtime knows. */
export const civilCalendar: Calendar = {
  isDay: (text) => {
    if (!DAY.test(text)) return false;
    try {
      return Temporal.PlainDate.from(text).toString() === text;
    } catch {
      return false;
    }
  },
  dayAt: (timeZone, atMs) =>
    Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone).toPlainDate().toString(),
  utcOffsetMs: (timeZone, atMs) =>
    Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone).offsetNanoseconds / 1_000_000,
  countDays: (first, last) => Temporal.PlainDate.from(first).until(last).days + 1,
  days: (timeZone, first, last) => {
    // Where a zone has no midnight, a day begins with the first moment that it has.
    const beginningOf = (day: Temporal.PlainDate) => day.toZonedDateTime(timeZone).epochMilliseconds;
    const days: CivilDay[] = [];
    let day = Temporal.PlainDate.from(first);
    let from = beginningOf(day);
    while (Temporal.PlainDate.compare(day, last) <= 0) {
      const next = day.add({ days: 1 });
      const to = beginningOf(next);
      days.push({ day: day.toString(), from, to });
      day = next;
      from = to;
    }
    return days;
  },
};
