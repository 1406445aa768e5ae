import pg from 'pg';
import { clientConfig } from '../../src/storage/postgres/connection.ts';
import { StoppableClock } from './stoppable-clock.ts';

/** How often the node writes signs of life and looks for leases that are over. */
export const ROUND_MS = 5_000;

/** Stands in front of PostgreSQL's own clock, so that a test can move it; everything else is as it is. */
const MOVABLE_CLOCK = `
  CREATE SCHEMA moved;
  CREATE TABLE moved.by (ms bigint);
  INSERT INTO moved.by VALUES (0);
  CREATE FUNCTION moved.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
    'SELECT pg_catalog.clock_timestamp() + (SELECT ms FROM moved.by) * interval ''1 millisecond''';
  DO $$ BEGIN
    EXECUTE format('ALTER DATABASE %I SET search_path = moved, pg_catalog, public', current_database());
  END $$;`;

/** The time of one node and of its store, moved together or apart. */
export class MovableTime {
  readonly clock = new StoppableClock();
  #database: pg.Client | null = null;

  /** Makes the clock of a database movable; before the server connects to it. */
  async takeDatabase(url: string): Promise<void> {
    this.#database = new pg.Client(clientConfig(url));
    // The database is dropped at the end of the test, whoever is connected.
    this.#database.on('error', () => undefined);
    await this.#database.connect();
    await this.#database.query(`${MOVABLE_CLOCK} SET synchronous_commit = off`);
  }

  /** Lets time go by as it does: round after round. */
  async pass(ms: number): Promise<void> {
    for (let passedMs = 0; passedMs < ms; passedMs += ROUND_MS) {
      const isRoundDone = this.clock.nextScheduling(ROUND_MS);
      await this.#leap(ROUND_MS);
      await isRoundDone;
    }
  }

  /** Time goes by without the node being there for it; a round that is due then comes late. */
  async passAtOnce(ms: number): Promise<void> {
    await this.#leap(ms);
  }

  /** Somebody sets the store's clock. */
  async stepStore(ms: number): Promise<void> {
    if (this.#database === null) this.clock.stepWall(ms);
    else await this.#moveDatabase(ms);
  }

  async #leap(ms: number): Promise<void> {
    await this.#moveDatabase(ms);
    this.clock.leap(ms);
  }

  async #moveDatabase(ms: number): Promise<void> {
    await this.#database?.query(`UPDATE moved.by SET ms = ms + ${ms}`);
  }
}
