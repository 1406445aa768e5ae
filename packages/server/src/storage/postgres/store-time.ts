/** The database's time in whole epoch ms, as it is within a statement. */
export const NOW = 'floor(extract(epoch FROM clock_timestamp()) * 1000)::int8';
