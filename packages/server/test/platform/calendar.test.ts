import { describe, expect, it } from 'vitest';
import { civilCalendar } from '../../src/platform/calendar.ts';

const HOUR_MS = 3_600_000;

describe('the calendar', () => {
  it.each([
    { zone: 'Europe/Berlin', day: '2026-03-29', hours: 23, begins: '2026-03-28T23:00:00.000Z' },
    { zone: 'Europe/Berlin', day: '2026-10-25', hours: 25, begins: '2026-10-24T22:00:00.000Z' },
    { zone: 'Europe/Berlin', day: '2026-06-01', hours: 24, begins: '2026-05-31T22:00:00.000Z' },
    { zone: 'UTC', day: '2026-03-29', hours: 24, begins: '2026-03-29T00:00:00.000Z' },
    { zone: 'Asia/Kolkata', day: '2026-03-29', hours: 24, begins: '2026-03-28T18:30:00.000Z' },
    // The clock goes on by half an hour only.
    { zone: 'Australia/Lord_Howe', day: '2026-10-04', hours: 23.5, begins: '2026-10-03T13:30:00.000Z' },
    // Midnight does not exist: the clock goes from 23:59 to 1:00.
    { zone: 'America/Santiago', day: '2026-09-06', hours: 23, begins: '2026-09-06T04:00:00.000Z' },
    // Midnight exists twice: the day before lasts until the second.
    { zone: 'America/Santiago', day: '2026-04-04', hours: 25, begins: '2026-04-04T03:00:00.000Z' },
    // The zone went to the other side of the date line and left this day out.
    { zone: 'Pacific/Apia', day: '2011-12-30', hours: 0, begins: '2011-12-30T10:00:00.000Z' },
  ])(
    'knows when $day begins in $zone, and that it has $hours hours [AT-5]',
    ({ zone, day, hours, begins }) => {
      const [only, ...others] = civilCalendar.days(zone, day, day);
      expect(others).toEqual([]);
      expect(only).toEqual({ day, from: Date.parse(begins), to: Date.parse(begins) + hours * HOUR_MS });
    },
  );

  it('gives days one after another, over the end of a month and of a year [AT-5]', () => {
    const days = civilCalendar.days('Europe/Berlin', '2027-12-30', '2028-03-01');
    expect(days).toHaveLength(civilCalendar.countDays('2027-12-30', '2028-03-01'));
    expect(days.map(({ day }) => day)).toEqual(
      expect.arrayContaining(['2027-12-31', '2028-01-01', '2028-02-29']),
    );
    expect(days.slice(1).map(({ from }) => from)).toEqual(days.slice(0, -1).map(({ to }) => to));
    expect(civilCalendar.days('UTC', '2026-05-02', '2026-05-01')).toEqual([]);
    expect(civilCalendar.countDays('2026-05-02', '2026-05-01')).toBe(0);
  });

  it('knows what day it is in a zone [AT-5]', () => {
    const at = Date.parse('2026-10-24T22:00:00.000Z');
    expect(civilCalendar.dayAt('Europe/Berlin', at)).toBe('2026-10-25');
    expect(civilCalendar.dayAt('Europe/Berlin', at - 1)).toBe('2026-10-24');
    expect(civilCalendar.dayAt('America/New_York', at)).toBe('2026-10-24');
  });

  it.each([
    { zone: 'Europe/Berlin', at: '2026-03-29T00:59:59.999Z', hours: 1 },
    { zone: 'Europe/Berlin', at: '2026-03-29T01:00:00.000Z', hours: 2 },
    { zone: 'Europe/Berlin', at: '2026-10-25T01:00:00.000Z', hours: 1 },
    { zone: 'America/St_Johns', at: '2026-01-15T12:00:00.000Z', hours: -3.5 },
    { zone: 'Australia/Lord_Howe', at: '2026-01-15T12:00:00.000Z', hours: 11 },
    { zone: 'Australia/Lord_Howe', at: '2026-07-15T12:00:00.000Z', hours: 10.5 },
    { zone: 'UTC', at: '2026-07-15T12:00:00.000Z', hours: 0 },
  ])('knows that the clocks of $zone are $hours hours ahead at $at [NB-3]', ({ zone, at, hours }) => {
    expect(civilCalendar.utcOffsetMs(zone, Date.parse(at))).toBe(hours * HOUR_MS);
  });

  it.each([
    '2026-02-30',
    '2026-13-01',
    '26-01-01',
    '2026-1-1',
    '2026-01-01T00:00',
    '',
    'today',
    '+002026-01-01',
  ])('has no day %s [AT-6]', (text) => {
    expect(civilCalendar.isDay(text)).toBe(false);
    expect(civilCalendar.isDay('2028-02-29')).toBe(true);
  });
});
