import { Type } from 'typebox';

/** What several settings are made of. */
export const Name = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' });
export const NonEmpty = Type.String({ minLength: 1 });
export const PORT_RANGE = { minimum: 0, maximum: 65_535 };
